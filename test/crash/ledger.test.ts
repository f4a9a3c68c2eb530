/** The ledger's server is really dead: killed in the middle of a write, and started again much later. */
import { type Slipway, type SlipwayOptions, startSlipway } from '../support/slipway';
import { Client } from 'pg';
import { eventually } from '../support/eventually';
import { startOwnPostgres, type OwnPostgres } from '../support/own-postgres';
import { askLedger, ledgerPrint } from '../support/test-ledger';

let postgres: OwnPostgres;
const all: Slipway[] = [];

beforeAll(async () => {
  postgres = await startOwnPostgres();
});
afterAll(async () => {
  await Promise.all(all.map((slipway) => slipway.stop()));
  await postgres.stop();
});

async function start(environment: SlipwayOptions['environment'] = {}): Promise<Slipway> {
  const slipway = await startSlipway({ env: { SLIPWAY_DATABASE_URL: postgres.url }, environment });
  all.push(slipway);
  return slipway;
}

const texts = (state: { timeline: readonly { text: string }[] }) => state.timeline.map(({ text }) => text);

const worldOf = async ({ shop }: Slipway) => ({
  live: shop.live(),
  refs: await shop.refs(),
  schema: await shop.schemaFingerprint(),
  data: await shop.dataFingerprint(),
});

/** Holds the timeline's table, so that the next write stands in the middle of its transaction; then kills the server. */
async function killInTheMiddleOfAWrite(causeWrite: () => Promise<unknown>): Promise<void> {
  const holder = new Client({ connectionString: postgres.url });
  // The server is killed under it.
  holder.on('error', () => undefined);
  await holder.connect();
  await holder.query('BEGIN; LOCK TABLE slipway_ledger.event IN ACCESS EXCLUSIVE MODE');
  await causeWrite();
  await eventually('a write in the middle of its transaction', async () => {
    const waiting = await askLedger(
      `SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'slipway_ledger.event'::regclass`,
      [],
      postgres.url,
    );
    return waiting.length > 0 ? true : undefined;
  });
  await postgres.kill();
  await holder.end().catch(() => undefined);
}

test('a rollback goes on; what has not begun stops after its minute with nothing changed; all of it is written later, once', async () => {
  const goesBack = await start({ monitor: { window: 600_000, interval: 100 } });
  const isApproved = await start();
  const isAsked = await start();
  const before = { isApproved: await worldOf(isApproved), isAsked: await worldOf(isAsked) };
  const found = await worldOf(goesBack);

  const back = await goesBack.approved('1.1.0');
  await back.in('monitoring');
  await back.decide('rollback', { by: 'grace', comment: 'while its server dies' });
  // The old version is watched as the new one would have been; the schema is still to be put back.
  await back.in('proving');
  const approved = await isApproved.release('1.1.0');
  await approved.in('awaiting approval');
  await killInTheMiddleOfAWrite(() => back.decide('skipWait', { by: 'grace' }));
  const asked = await isAsked.release('1.1.0');
  await approved.approve();

  expect(await back.result()).toMatchObject({ outcome: 'rolled back', drift: [], schemaDebt: [] });
  const after = await worldOf(goesBack);
  expect([after.live, after.schema, after.data]).toEqual([found.live, found.schema, found.data]);
  for (const waits of [asked, approved]) {
    const { waitingFor } = await waits.until('it waits', (state) => state.waitingFor?.what.includes('ledger') ?? false);
    expect(waitingFor).toMatchObject({ send: ['reject'] });
  }
  // Its minute is Temporal's, and no worker's.
  await isApproved.restartWorker();
  for (const [release, slipway, world] of [
    [asked, isAsked, before.isAsked],
    [approved, isApproved, before.isApproved],
  ] as const) {
    expect(await release.ended()).toMatchObject({
      outcome: 'stopped',
      failure: { code: 'LEDGER_UNREACHABLE' },
      undone: [],
    });
    const { refs, ...rest } = await worldOf(slipway);
    const fences = Object.keys(refs).filter((ref) => ref.startsWith('refs/slipway/'));
    const others = Object.fromEntries(Object.entries(refs).filter(([ref]) => !fences.includes(ref)));
    expect({ ...rest, refs: others }).toEqual(world);
    // Only one of them had come so far as to take the environment's.
    expect(fences).toHaveLength(release === asked ? 0 : 1);
    expect((await slipway.environmentState()).holder).toBeNull();
  }

  await postgres.start();
  for (const [release, print] of [
    [back, { outcome: 'rolled back', decisions: ['approve ada true', 'rollback grace true', 'skipWait grace true'] }],
    [asked, { outcome: 'stopped', decisions: [], undoRecords: [], undone: [] }],
    // What it was about to do is told; that it did not, too.
    [approved, { outcome: 'stopped', decisions: ['approve ada true'], undoRecords: ['migrate:api'], undone: [] }],
  ] as const) {
    const { timeline } = await release.state();
    expect(await ledgerPrint(release.id, postgres.url)).toMatchObject({
      ...{ phase: 'ended', plans: 1, ...print },
      timeline: texts({ timeline }),
    });
  }
  expect(await ledgerPrint(back.id, postgres.url)).toMatchObject({
    undoRecords: ['migrate:api', 'move:api', 'move:web'],
    undone: ['move:web undone', 'move:api undone', 'migrate:api undone'],
  });
  // What wrote it later has ended, and nothing is tried any more.
  for (const { client, project } of all) {
    const query = `ExecutionStatus = 'Running' AND WorkflowId STARTS_WITH 'ledger/release/${project.name}/'`;
    await eventually('no backlog', async () => ((await client.workflow.count(query)).count === 0 ? true : undefined));
  }
});
