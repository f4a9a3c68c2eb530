/** The list of unfinished releases while they end: a real ledger, a real worker. */
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, type Worker } from '@temporalio/worker';
import { createLedger } from '../../activities/ledger/ledger';
import { record } from '../../activities/ledger/record';
import { findUnfinished } from '../../client/recover-release';
import { releaseKey, releaseWorkflowId, taskQueueName, type ReleaseRef } from '../../release/identity';
import type { LedgerRecord } from '../../release/ledger';
import { recoveryLines } from '../../release/recovery-text';
import { createReleaseWorker } from '../../worker/create-worker';
import { shop } from '../release/sample-release';
import { anAttempt, someSurroundings } from '../support/attempts';
import { quietRuntime } from '../support/slipway';
import { askLedger, testLedgerUrl } from '../support/test-ledger';

const project = `shop-${randomUUID().slice(0, 8)}`;
const place = { project, environment: 'production' };
const cluster = 'here/default';
const ledger = createLedger({ url: testLedgerUrl(), redact: (text) => text });
/** Called when Temporal is asked whether a release runs: it is on the list then, and not looked at yet. */
let listed: (id: string) => Promise<void> = async () => undefined;
let connection: Connection;
let native: NativeConnection;
let client: Client;
let worker: Worker;
let running: Promise<void>;

beforeAll(async () => {
  quietRuntime();
  const address = process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS']!;
  connection = await Connection.connect({ address });
  native = await NativeConnection.connect({ address });
  client = new Client({ connection });
  const isReleaseOpen = async (id: string) => {
    await listed(id);
    return false;
  };
  const taskQueue = taskQueueName(project, 'production');
  const surroundings = someSurroundings({}, { ledger, cluster, isReleaseOpen });
  worker = await createReleaseWorker({ connection: native, namespace: 'default', taskQueue, surroundings });
  running = worker.run();
});

afterAll(async () => {
  worker.shutdown();
  await running;
  await native.close();
  await connection.close();
  await ledger.close();
});

const order = { project: shop, environment: 'production', version: '1.2.0', commit: null, requestedBy: 'ada' };

function aRelease(n: number): ReleaseRef {
  const id = releaseWorkflowId(project, 'production', '1.2.0', n);
  return { ...place, id, runId: randomUUID(), version: '1.2.0', requestedAt: `2026-03-01T10:00:0${n}.123Z` };
}

const write = (release: ReleaseRef, records: readonly LedgerRecord[]): Promise<void> =>
  ledger.use(anAttempt(), (connected) => record(connected, cluster, { version: 1, release, records }));

test('a release that ends after it was listed, and one without its input, leave the others in the list', async () => {
  const [gone, ending, bare] = [aRelease(1), aRelease(2), aRelease(3)] as const;
  for (const release of [gone, ending, bare]) await write(release, [{ is: 'begin', requestedBy: 'ada', input: order }]);
  await askLedger('UPDATE slipway_ledger.release SET input = NULL WHERE release = $1', [releaseKey(bare)]);
  listed = async (id) => {
    const end = `UPDATE slipway_ledger.release SET outcome = 'finished', phase = 'ended' WHERE release = $1`;
    if (id === ending.id) await askLedger(end, [releaseKey(ending)]);
  };
  const found = await findUnfinished(client, place, 30_000);
  expect(found.map(({ release }) => release.id)).toEqual([gone.id]);
  await expect(findUnfinished(client, { ...place, release: ending }, 30_000)).rejects.toMatchObject({
    code: 'RECOVERY_NONE',
  });
});

test('a release whose account cannot be read says so, and leaves the others in the list', async () => {
  const [newer, sound] = [aRelease(4), aRelease(5)] as const;
  for (const release of [newer, sound]) await write(release, [{ is: 'begin', requestedBy: 'ada', input: order }]);
  await askLedger('UPDATE slipway_ledger.release SET record_version = 99 WHERE release = $1', [releaseKey(newer)]);
  const found = await findUnfinished(client, place, 30_000);
  expect(found.map(({ release }) => release.id)).toEqual(expect.arrayContaining([newer.id, sound.id]));
  const lines = recoveryLines(found.find(({ release }) => release.id === newer.id)!).join('\n');
  expect(lines).toMatch(/What it changed is not known\.\n.*is in form 99/);
  expect(lines).not.toContain('What can be done');
});
