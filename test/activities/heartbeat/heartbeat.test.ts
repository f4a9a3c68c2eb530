import { CancelledFailure, Context } from '@temporalio/activity';
import { Client, Connection, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import type { ActivityOptions } from '@temporalio/common';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { asActivity, HeartbeatInterceptor } from '../../../activities/heartbeat';
import type { Attempt } from '../../../activities/surroundings';
import type { WatchResult } from '../../../release/check-result';
import { SlipwayError } from '../../../release/errors';
import { reportOf } from '../../../release/report-of';
import { says, startFaultyServer } from '../../support/faulty-server';
import { eventually } from '../../support/processes';
import { aCheck } from '../checks/probes';

const address = process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS'] ?? '';
const taskQueue = `heartbeat-${process.pid}`;

/** What the activity `run` does now; each test says it anew. */
let implementation: (input: unknown, attempt: Attempt) => Promise<unknown>;

let native: NativeConnection;
let connection: Connection;
let client: Client;
let worker: Worker;
let running: Promise<void>;

beforeAll(async () => {
  const logger = new DefaultLogger('ERROR');
  Runtime.install({ logger });
  native = await NativeConnection.connect({ address });
  connection = await Connection.connect({ address });
  client = new Client({ connection });
  worker = await Worker.create({
    connection: native,
    taskQueue,
    workflowBundle: await bundleWorkflowCode({ workflowsPath: require.resolve('./workflows'), logger }),
    activities: {
      run: asActivity(
        (input: unknown, attempt) => implementation(input, attempt),
        (text) => text.replaceAll('hush', '***'),
      ),
    },
    interceptors: { activity: [() => ({ inbound: new HeartbeatInterceptor() })] },
    maxHeartbeatThrottleInterval: '500ms',
  });
  running = worker.run();
});

afterAll(async () => {
  worker.shutdown();
  await running;
  await connection.close();
  await native.close();
});

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

let calls = 0;

function start(options: Partial<ActivityOptions> = {}, name = 'run', input: unknown = {}): Promise<WorkflowHandle> {
  const retry = { initialInterval: 50, maximumInterval: 100 };
  const limits = { startToCloseTimeout: '1 minute', heartbeatTimeout: '2s', retry, ...options };
  return client.workflow.start('call', {
    args: [name, input, limits],
    taskQueue,
    workflowId: `${taskQueue}-${++calls}`,
  });
}

test('an activity that says nothing outlives its heartbeat timeout', async () => {
  const outlasts = new Promise((resolve) => setTimeout(resolve, 1_600));
  implementation = async () => {
    await outlasts;
    return Context.current().info.attempt;
  };
  expect(await (await start({ heartbeatTimeout: '1s' })).result()).toBe(1);
});

test('progress reaches the next attempt, also across one that reports none', async () => {
  const resumes: unknown[] = [];
  implementation = async (_, { resume, progress }) => {
    resumes.push(resume);
    if (resumes.length === 1) progress({ rounds: 7 });
    if (resumes.length < 4) throw new SlipwayError('REMOTE_UNREACHABLE');
  };
  await (await start()).result();
  expect(resumes).toEqual([undefined, { rounds: 7 }, { rounds: 7 }, { rounds: 7 }]);
});

test('an activity that says nothing hears of its cancellation', async () => {
  let started = false;
  let reason: unknown;
  implementation = async (_, { signal }) => {
    started = true;
    await once(signal, 'abort');
    reason = signal.reason;
    signal.throwIfAborted();
  };
  const handle = await start({ cancellationType: 'WAIT_CANCELLATION_COMPLETED' });
  await eventually('the activity', () => started);
  await handle.cancel();
  await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
  expect(reason).toBeInstanceOf(CancelledFailure);
});

test('an abort that comes through a library is a cancellation, too', async () => {
  implementation = async (_, { signal }) => {
    await new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new DOMException('stopped', 'AbortError')), { once: true });
      started();
    });
  };
  let started: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (started = resolve));
  const handle = await start({ cancellationType: 'WAIT_CANCELLATION_COMPLETED' });
  await begun;
  await handle.cancel();
  await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
});

test('an error of the table arrives as its report, at once and with its secrets masked', async () => {
  let attempts = 0;
  implementation = async () => {
    attempts++;
    throw new SlipwayError('REMOTE_DENIED', { url: 'https://hush@host/', detail: 'hush' });
  };
  const error: unknown = await (await start()).result().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(WorkflowFailedError);
  expect(reportOf(error)).toMatchObject({ code: 'REMOTE_DENIED', details: { detail: '***' } });
  expect(attempts).toBe(1);
});

test('a killed worker does not begin the window of a watch anew', async () => {
  const server = await startFaultyServer(says(200));
  const queue = `${taskQueue}-checks`;
  const first = checkWorker(queue);
  // Longer than two workers together live: only what the first has watched lets the second come to an end in time.
  const window = 3_000;
  const input = { checks: [aCheck(server.url)], window, interval: 20 };
  const handle = await start({ taskQueue: queue }, 'watchChecks', input);
  const details = async () => (await handle.describe()).raw.pendingActivities?.[0];
  await eventually('progress', async () => Number((await heartbeatOf(handle))?.elapsed) > 800);
  first.kill('SIGKILL');
  await once(first, 'exit');
  const before = server.seen.length;
  checkWorker(queue);
  await eventually('a second attempt', async () => Number((await details())?.attempt) > 1);
  const { verdict, rounds } = (await handle.result()) as WatchResult;
  await server.close();
  expect(verdict).toBe('passed');
  // Rounds of both attempts are counted; those after the last heartbeat of the first have been asked but are not.
  const after = server.seen.length - before;
  expect(rounds).toBeGreaterThan(after);
  expect(rounds).toBeLessThanOrEqual(before + after);
});

function checkWorker(queue: string): ChildProcess {
  const program = join(__dirname, '../../../dist/test/activities/heartbeat/check-worker.js');
  const child = fork(program, [address, queue], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  children.push(child);
  return child;
}

async function heartbeatOf(handle: WorkflowHandle): Promise<{ elapsed?: number } | undefined> {
  const [pending] = (await handle.describe()).raw.pendingActivities ?? [];
  const data = pending?.heartbeatDetails?.payloads?.[0]?.data;
  return data?.length ? (JSON.parse(Buffer.from(data).toString()) as { elapsed?: number }) : undefined;
}
