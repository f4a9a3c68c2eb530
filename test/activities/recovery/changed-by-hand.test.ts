/** Rows of the ledger that are not as a release, or this edition of Slipway, wrote them. */
import { randomBytes, randomUUID } from 'node:crypto';
import { createLedger } from '../../../activities/ledger/ledger';
import { record } from '../../../activities/ledger/record';
import { readUnfinished } from '../../../activities/recovery/read-unfinished';
import { releaseKey, type ReleaseRef } from '../../../release/identity';
import type { LedgerRecord } from '../../../release/ledger';
import { planDigest } from '../../../release/plan-digest';
import { judgeRecovery } from '../../../release/recovery';
import { recoveryLines } from '../../../release/recovery-text';
import { undoOfMigrations, undoOfMove } from '../../../release/undo';
import { gates, plan as sample, shop } from '../../release/sample-release';
import { askLedger, testLedgerUrl } from '../../support/test-ledger';

const project = `shop-${randomBytes(4).toString('hex')}`;
const ledger = createLedger({ url: testLedgerUrl(), redact: (text) => text });
afterAll(() => ledger.close());

const { signal } = new AbortController();
const at = '2026-03-01T10:01:00.000Z';
const plan = { ...sample, digest: planDigest(sample) };
const [api] = plan.services as [(typeof plan.services)[0]];

const write = (release: ReleaseRef, records: readonly LedgerRecord[]) =>
  ledger.use({ signal }, (client) => record(client, 'here/default', { version: 1, release, records }));

const read = (release: ReleaseRef) => ledger.use({ signal }, (client) => readUnfinished(client, releaseKey(release)));

async function unfinished(): Promise<ReleaseRef> {
  const id = `release/${project}/production/1.2.0/1`;
  const release = { id, runId: randomUUID(), project, environment: 'production', version: '1.2.0', requestedAt: at };
  const order = { project: shop, environment: 'production', version: '1.2.0', commit: null, requestedBy: 'ada' };
  const records = [undoOfMigrations(api), undoOfMove(api)];
  await write(release, [
    { is: 'begin', requestedBy: 'ada', input: order },
    { is: 'plan', n: 1, at, plan, gates },
    ...records.map((each, index): LedgerRecord => ({ is: 'undo', n: index + 1, at, record: each })),
  ]);
  return release;
}

const change = (table: string, set: string, release: ReleaseRef) =>
  askLedger(`UPDATE slipway_ledger.${table} SET ${set} WHERE release = $1`, [releaseKey(release)]);

test.each([
  ['plan', `plan = jsonb_set(plan, '{services,0,move,to}', '"${'12'.repeat(20)}"')`, 'not the one that was approved'],
  ['plan', `plan = plan - 'services'`, 'cannot be read'],
  ['plan', `plan = jsonb_set(plan, '{planVersion}', '99')`, 'another edition'],
  ['undo_record', `record = jsonb_set(record, '{service}', '"web"')`, 'does not follow from its plan'],
])('nothing is done by a changed %s (%s): it can only be closed, and says why', async (table, set, words) => {
  const release = await unfinished();
  expect(await read(release)).toMatchObject({ plan, undoRecords: [{ kind: 'migrations' }, { kind: 'pointer' }] });
  await change(table, set, release);
  const found = await read(release);
  expect(found).toMatchObject({ plan: null, undoRecords: [], problem: expect.stringContaining(words) as string });
  const sight = { life: 'gone', isRecovering: false, services: [] } as const;
  const judged = judgeRecovery(found, sight);
  expect(judged.offers.map(({ action, outcome }) => [action, outcome])).toEqual([['close', 'abandoned']]);
  const one = { release: found.release, requestedBy: 'ada', phase: found.phase, judged, sight, unfinished: null };
  const text = recoveryLines(one).join('\n');
  expect(text).toContain(words);
  expect(text).toContain('from a backup of the ledger');
  expect(text).not.toContain('It had changed nothing');
});

test.each([
  ['record_version = 2', 'LEDGER_NEWER', 'is in form 2, this worker knows 1'],
  [`input = input - 'project'`, 'LEDGER_CONFLICT', '"project" is no object'],
  [`input = jsonb_set(input, '{environment}', '"staging"')`, 'LEDGER_CONFLICT', 'not for production'],
])('a release with %s is refused with %s', async (set, code, words) => {
  const release = await unfinished();
  await change('release', set, release);
  await expect(read(release)).rejects.toMatchObject({ code, message: expect.stringContaining(words) as string });
});

test('what comes late does not change how one has ended', async () => {
  const release = await unfinished();
  const result = {
    outcome: 'rolled back' as const,
    services: [],
    undone: [],
    schemaDebt: [],
    drift: [],
    failure: null,
  };
  await write(release, [{ is: 'end', at, result: { ...result, startedAt: at, endedAt: at }, live: [], events: 0 }]);
  const entry = { n: 2_000, at, kind: 'phase' as const, text: 'waiting for lock' };
  await write(release, [{ is: 'event', entry, phase: 'waiting for lock' }]);
  const rows = await askLedger('SELECT phase, outcome FROM slipway_ledger.release WHERE release = $1', [
    releaseKey(release),
  ]);
  expect(rows).toEqual([{ phase: 'ended', outcome: 'rolled back' }]);
});
