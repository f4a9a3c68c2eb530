import { randomBytes, randomUUID } from 'node:crypto';
import { createLedger } from '../../../activities/ledger/ledger';
import { record } from '../../../activities/ledger/record';
import { createRecoveryActivities } from '../../../activities/recovery';
import { type ReleaseRef, releaseKey } from '../../../release/identity';
import type { LedgerRecord } from '../../../release/ledger';
import { planDigest } from '../../../release/plan-digest';
import { undoOfMigrations, undoOfMove } from '../../../release/undo';
import { gates, plan, shop } from '../../release/sample-release';
import { anAttempt, someSurroundings } from '../../support/attempts';
import { testLedgerUrl } from '../../support/test-ledger';

const project = `shop-${randomBytes(4).toString('hex')}`;
const attempt = anAttempt();
const ledger = createLedger({ url: testLedgerUrl(), redact: (text) => text });
/** What Temporal says of workflows: true = runs, undefined = no answer; any other is not known. */
const open = new Map<string, boolean | undefined>();
const surroundings = someSurroundings(
  {},
  { ledger, cluster: 'here/default', isReleaseOpen: async (id) => (open.has(id) ? open.get(id) : false) },
);
const { listUnfinished, loadUnfinished, lookAtUnfinished } = createRecoveryActivities(surroundings);

afterAll(() => ledger.close());

const aRelease = (n: number): ReleaseRef => ({
  id: `release/${project}/production/1.2.0/${n}`,
  runId: randomUUID(),
  project,
  environment: 'production',
  version: '1.2.0',
  requestedAt: `2026-03-01T10:00:0${n}.123Z`,
});

const order = { project: shop, environment: 'production', version: '1.2.0', commit: null, requestedBy: 'ada' };
const begin: LedgerRecord = { is: 'begin', requestedBy: 'ada', input: order };

function write(release: ReleaseRef, records: readonly LedgerRecord[], cluster = 'here/default'): Promise<void> {
  return ledger.use(attempt, (client) => record(client, cluster, { version: 1, release, records }));
}

test('those without an outcome that nobody runs are found, newest first', async () => {
  const [gone, runs, untold, elsewhere, late] = [1, 2, 3, 4, 5].map(aRelease) as [
    ReleaseRef,
    ReleaseRef,
    ReleaseRef,
    ReleaseRef,
    ReleaseRef,
  ];
  for (const release of [gone, runs, untold, late]) await write(release, [begin]);
  await write(elsewhere, [begin], 'there/default');
  open.set(runs.id, true).set(untold.id, undefined);
  // It has ended; what the ledger did not take then is being written.
  open.set(`ledger/${releaseKey(late)}/1`, true);
  const found = await listUnfinished({ project, environment: 'production' }, attempt);
  expect(found.map(({ release }) => release)).toEqual([
    { ...elsewhere, cluster: 'there/default' },
    { ...untold, cluster: 'here/default' },
    { ...gone, cluster: 'here/default' },
  ]);
  expect(await listUnfinished({ project, environment: 'staging' }, attempt)).toEqual([]);
  const lives = await Promise.all(
    found.map(async ({ release }) => {
      const unfinished = await loadUnfinished({ release }, attempt);
      return (await lookAtUnfinished({ unfinished, forRecovery: false }, attempt)).life;
    }),
  );
  expect(lives).toEqual(['elsewhere', 'could not tell', 'gone']);
});

test('one is read back as it was written: its last plan, what it registered and what it undid, in order', async () => {
  const release = aRelease(6);
  const at = '2026-03-01T10:01:00.456Z';
  const [api, web] = plan.services as [(typeof plan.services)[0], (typeof plan.services)[0]];
  const approved = { ...plan, digest: planDigest(plan) };
  const records = [undoOfMigrations(api), undoOfMove(api), undoOfMove(web)];
  const undone = { step: 'move:web', service: 'web', how: 'undone' as const, detail: '1.1.0 again' };
  const entry = { n: 1, at, kind: 'phase' as const, text: 'rolling back' };
  await write(release, [
    begin,
    { is: 'plan', n: 1, at, plan: { ...plan, digest: 'f'.repeat(64) }, gates },
    { is: 'plan', n: 2, at, plan: approved, gates },
    ...records.map((each, index): LedgerRecord => ({ is: 'undo', n: index + 1, at, record: each })),
    { is: 'undone', n: 1, at, report: undone },
    { is: 'event', entry, phase: 'rolling back' },
  ]);
  expect(await loadUnfinished({ release }, attempt)).toEqual({
    release: { ...release, cluster: 'here/default' },
    order,
    phase: 'rolling back',
    plan: approved,
    approvals: [],
    undoRecords: records,
    undone: [undone],
    timeline: [entry],
  });
});

test('one that the ledger does not know is none', async () => {
  const release = { ...aRelease(7) };
  await expect(loadUnfinished({ release }, attempt)).rejects.toMatchObject({ code: 'RECOVERY_NONE' });
});
