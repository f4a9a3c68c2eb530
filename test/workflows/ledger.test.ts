import { randomBytes } from 'node:crypto';
import { ledgerUrl } from '../../config/stack-file';
import { eventually } from '../support/eventually';
import { startSlipway, type Slipway } from '../support/slipway';
import { askLedger, ledgerPrint } from '../support/test-ledger';

let slipway: Slipway | undefined;

/** A ledger of this test's own, whose database is taken away by another name while it is dead. */
class OwnLedger {
  private readonly name = `ledger_${randomBytes(4).toString('hex')}`;
  private readonly server = process.env['SLIPWAY_TEST_DATABASE_URL']!;

  get url(): string {
    return ledgerUrl(this.server).replace(/\/slipway$/, `/${this.name}`);
  }

  create = () => askLedger(`CREATE DATABASE ${this.name}`, [], this.server);

  async die(): Promise<void> {
    await askLedger(`ALTER DATABASE ${this.name} WITH ALLOW_CONNECTIONS false`, [], this.server);
    await askLedger(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1',
      [this.name],
      this.server,
    );
  }

  revive = () => askLedger(`ALTER DATABASE ${this.name} WITH ALLOW_CONNECTIONS true`, [], this.server);
  drop = () => askLedger(`DROP DATABASE IF EXISTS ${this.name} WITH (FORCE)`, [], this.server);
}

const own = new OwnLedger();
beforeEach(() => own.create());
afterEach(async () => {
  await slipway?.stop();
  await own.drop();
});

const texts = (state: { timeline: readonly { text: string }[] }) => state.timeline.map(({ text }) => text);

test('a rollback does not wait for a dead ledger, and all that it has to tell arrives once that is back', async () => {
  slipway = await startSlipway({
    env: { SLIPWAY_DATABASE_URL: own.url },
    environment: { verify: { wait: 600_000, interval: 100, checks: [] }, monitor: { window: 0, interval: 100 } },
  });
  const release = await slipway.approved('1.1.0');
  await release.in('verifying');
  await own.die();
  await release.decide('rollback', { by: 'grace', comment: 'while nobody writes' });
  expect(await release.result()).toMatchObject({ outcome: 'rolled back', drift: [] });
  const ended = await release.state();
  expect(texts(ended)).toContainEqual(expect.stringContaining('waiting for the ledger: The ledger'));
  expect(texts(ended)).toContainEqual(
    expect.stringMatching(/the ledger misses \d+ records; ledger\/release\/.* writes them/),
  );
  await own.revive();
  expect(await ledgerPrint(release.id, own.url)).toMatchObject({
    ...{ outcome: 'rolled back', phase: 'ended', plans: 1, undoRecords: ['migrate:api'] },
    decisions: ['approve ada true', 'rollback grace true'],
    undone: ['migrate:api undone'],
    timeline: texts(ended),
  });
});

test('a release that has begun goes on while its ledger is away, and writes it all when it is back', async () => {
  slipway = await startSlipway({
    env: { SLIPWAY_DATABASE_URL: own.url },
    environment: { verify: { wait: 600_000, interval: 100, checks: [] }, monitor: { window: 600_000, interval: 100 } },
  });
  const release = await slipway.approved('1.1.0');
  await release.in('verifying');
  await own.die();
  await release.decide('skipWait', { by: 'ada' });
  await release.in('monitoring');
  await own.revive();
  await release.until('the ledger is back', (state) => texts(state).includes('the ledger answers again'));
  await release.decide('skipWait', { by: 'ada' });
  expect(await release.result()).toMatchObject({ outcome: 'finished' });
  const print = await ledgerPrint(release.id, own.url);
  expect(print).toMatchObject({ outcome: 'finished', undoRecords: ['migrate:api', 'move:api', 'move:web'] });
  expect(print.timeline).toEqual(texts(await release.state()));
});

test('a release without a ledger asks nobody and changes nothing; people see what it waits for, and may reject it', async () => {
  await own.die();
  slipway = await startSlipway({ env: { SLIPWAY_DATABASE_URL: own.url } });
  const before = await slipway.shop.refs();
  const release = await slipway.release('1.1.0');
  const { phase, waitingFor } = await release.until('it waits', (state) => state.waitingFor !== null);
  expect({ phase, waitingFor }).toMatchObject({
    phase: 'looking',
    waitingFor: { what: 'the ledger: nothing is changed without it', send: ['reject'] },
  });
  await release.decide('reject', { by: 'linus', comment: 'later' });
  expect(await release.result()).toMatchObject({ outcome: 'rejected' });
  expect(await slipway.shop.refs()).toEqual(before);
  await own.revive();
  expect(await ledgerPrint(release.id, own.url)).toMatchObject({ outcome: 'rejected', undoRecords: [] });
});

test('each undo record is in the ledger before its effect', async () => {
  slipway = await startSlipway({ env: { SLIPWAY_DATABASE_URL: own.url } });
  const { shop } = slipway;
  shop.hosting.set({ buildMs: 600_000 });
  const release = await slipway.approved('1.1.0');
  await eventually('the tag is pushed', async () => ((await shop.refs())['refs/tags/v1.1.0'] ? true : undefined));
  const rows = await askLedger<{ step: string }>('SELECT step FROM slipway_ledger.undo_record ORDER BY n', [], own.url);
  expect(rows.map(({ step }) => step).slice(0, 2)).toEqual(['migrate:api', 'move:api']);
  shop.hosting.set({ buildMs: 0 });
  await release.decide('rollback', { by: 'ada' });
  expect(await release.result()).toMatchObject({ outcome: 'rolled back' });
});
