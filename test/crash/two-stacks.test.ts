import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { requestRelease } from '../../client';
import { ledgerUrl } from '../../config/stack-file';
import { projectRoot } from '../../examples/shop/project-root';
import { startStack, type Stack, type StackOptions } from '../../worker/embedded/start-stack';
import { searchAttributeNames } from '../../workflows/search-attributes';
import { approve, endOf, inPhase, skipWaits } from '../support/crash-stage';
import { CrashWorkers } from '../support/crash-workers';
import { startSlipway, underTest, type Slipway } from '../support/slipway';
import { ledgerPrint } from '../support/test-ledger';

/** Two laptops: each with a Temporal, a PostgreSQL, workers and a ledger of its own; one remote and one environment. */
let here: Slipway;
let there: { stack: Stack; client: Client };
const workers: CrashWorkers[] = [];

const folder = join(projectRoot, '.slipway', 'test', String(process.pid), 'two-stacks');

beforeAll(async () => {
  const names = Object.values(searchAttributeNames);
  const attributes: StackOptions['searchAttributes'] = Object.fromEntries(
    names.map((name) => [name, 'Keyword' as const]),
  );
  const order = { folder, fresh: true, temporary: true, inMemory: true, fast: true };
  const stack = await startStack({ ...order, searchAttributes: attributes });
  const connection = await Connection.connect({ address: stack.address });
  there = { stack, client: new Client({ connection, namespace: stack.namespace }) };
  here = await startSlipway({
    worker: false,
    environment: { verify: { wait: 600_000, interval: 100, checks: [] }, monitor: { window: 0, interval: 100 } },
  });
  const { taskQueue, workspaces, shop } = here;
  const temporalAddress = process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS']!;
  workers.push(new CrashWorkers({ taskQueue, workspaces, temporalAddress, env: shop.env, count: 1 }));
  const env = { ...shop.env, SLIPWAY_DATABASE_URL: ledgerUrl(stack.databaseUrl) };
  const place = { workspaces: `${workspaces}-there`, temporalAddress: stack.address };
  workers.push(new CrashWorkers({ taskQueue, ...place, env, count: 1 }));
  await Promise.all(workers.map((each) => each.refill()));
});

afterAll(async () => {
  await Promise.all(workers.map((each) => each.killAll()));
  await here?.stop();
  await there?.client.connection.close();
  await there?.stack.stop();
});

async function releaseThere(version: string) {
  const input = { project: here.project, environment: 'production', version, commit: null, requestedBy: 'linus' };
  const { releaseId } = await requestRelease(there.client, { ...input, requestId: randomUUID() }, 30_000);
  const release = underTest(there.client, releaseId);
  await approve(release);
  return release;
}

test('two stacks never release to one environment at once: the second finds the fence, says whose it is, changes nothing', async () => {
  const { shop } = here;
  const first = await here.release('1.1.0');
  await approve(first);
  await inPhase(first, 'verifying');
  const before = { refs: await shop.refs(), schema: await shop.schemaFingerprint(), pushes: shop.pushes().length };
  const second = await releaseThere('1.3.0');
  const { failure } = await endOf({ release: second }, 'stopped');
  expect(failure).toMatchObject({ code: 'FENCE_HELD', message: expect.stringContaining(first.id) as string });
  const after = { refs: await shop.refs(), schema: await shop.schemaFingerprint(), pushes: shop.pushes().length };
  expect(after).toEqual(before);
  await skipWaits(first);
  await endOf({ release: first }, 'finished');
  const next = await releaseThere('1.3.0');
  await skipWaits(next);
  await endOf({ release: next }, 'finished');
  const commit = await shop.commitOf('1.3.0');
  expect(shop.live()).toEqual({ api: commit, web: commit });
  // Each has its own account of it.
  expect(await ledgerPrint(first.id)).toMatchObject({ outcome: 'finished' });
  expect(await ledgerPrint(next.id, ledgerUrl(there.stack.databaseUrl))).toMatchObject({ outcome: 'finished' });
});
