import { join } from 'node:path';
import { projectRoot } from '../../examples/shop/project-root';
import { startStack, type Stack } from '../../worker/embedded/start-stack';
import { searchAttributeNames } from '../../workflows/search-attributes';
import { footprint, lookAtWorld } from '../support/crash-footprint';
import { CrashStage } from '../support/crash-stage';
import { startSlipway, type Slipway, type SlipwayOptions } from '../support/slipway';

/** Servers that die under a release: a stack of this test's own, with its data on files. */
let stack: Stack;
let slipway: Pick<Slipway, 'stop'>;
const shared = { ...process.env };

beforeAll(async () => {
  stack = await startStack({
    folder: join(projectRoot, '.slipway', 'test', String(process.pid), 'servers'),
    fresh: true,
    temporary: true,
    searchAttributes: Object.fromEntries(Object.values(searchAttributeNames).map((name) => [name, 'Keyword' as const])),
  });
  process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS'] = stack.address;
  process.env['SLIPWAY_TEST_DATABASE_URL'] = stack.databaseUrl;
});
afterEach(() => slipway.stop());
afterAll(async () => {
  Object.assign(process.env, shared);
  await stack.stop();
});

async function started(options?: SlipwayOptions): Promise<Slipway> {
  const started = await startSlipway(options);
  slipway = started;
  return started;
}

const longVerify = { verify: { wait: 600_000, interval: 100, checks: [] } };

test('Temporal is killed in a verify wait and started again on its file: the release goes on', async () => {
  const slipway = await started({ environment: longVerify });
  const { shop } = slipway;
  const release = await slipway.approved('1.1.0');
  await release.in('verifying');
  await stack.killTemporal();
  await stack.restartTemporal();
  await release.decide('skipWait', { by: 'ada' });
  expect(await release.result()).toMatchObject({ outcome: 'finished' });
  const commit = await shop.commitOf('1.1.0');
  expect(shop.live()).toEqual({ api: commit, web: commit });
  expect(shop.pushes().filter(({ ref }) => ref === 'refs/tags/v1.1.0')).toHaveLength(1);
});

test('Temporal is killed in the middle of a rollback: it comes back all the same', async () => {
  const slipway = await started();
  const { shop } = slipway;
  await (await slipway.approved('1.1.0')).result();
  const before = { schema: await shop.schemaFingerprint(), data: await shop.dataFingerprint() };
  const release = await slipway.approved('1.2.0');
  await release.until('it rolls back', ({ phase }) => phase === 'rolling back' || phase === 'proving');
  await stack.killTemporal();
  await stack.restartTemporal();
  expect(await release.result()).toMatchObject({ outcome: 'rolled back', drift: [] });
  expect({ schema: await shop.schemaFingerprint(), data: await shop.dataFingerprint() }).toEqual(before);
  const commit = await shop.commitOf('1.1.0');
  expect(shop.live()).toEqual({ api: commit, web: commit });
  expect(shop.pushes().filter(({ ref }) => ref === 'refs/tags/v1.1.0-rollback.1')).toHaveLength(1);
});

test('PostgreSQL is killed in the middle of a migration and started again: the migration runs once', async () => {
  const slipway = await started();
  const { shop } = slipway;
  await (await slipway.approved('1.1.0')).result();
  const release = await slipway.approved('1.3.0');
  await release.in('migrating');
  await stack.stopPostgres('crash');
  await stack.startPostgres();
  expect(await release.result()).toMatchObject({ outcome: 'finished' });
  expect(await shop.query("select name from slipway.migration where state = 'applied' order by name")).toEqual(
    ['001_author', '002_reviews', '003_editions'].map((name) => ({ name })),
  );
  expect(await shop.query('select count(distinct book_id) = count(*) as once from editions')).toEqual([{ once: true }]);
});

test.each(['migrate-commit:after', 'move-tag:after'])(
  'Temporal and all workers are killed at %s and started again: the release ends as if nothing had happened',
  async (point) => {
    const stage = await CrashStage.start();
    slipway = stage;
    const unharmed = await lookAtWorld(stage);
    const expected = await footprint(stage, unharmed, await stage.begin('good'));
    const before = await lookAtWorld(stage);
    const falling = stage.workers.fallAt(point, 'SIGKILL');
    const begun = await stage.begin('good');
    await falling;
    await Promise.all([stack.killTemporal(), stage.workers.killAll()]);
    await stack.restartTemporal();
    await stage.workers.refill();
    expect(await footprint(stage, before, begun)).toEqual(expected);
  },
);
