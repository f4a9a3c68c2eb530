/** A question for a worker that may be of another Slipway, slow, or not there. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection, Worker } from '@temporalio/worker';
import { askWorker } from '../../client/ask-worker';
import { taskQueueName } from '../../release/identity';
import { taskTimeouts } from '../../workflows/task-timeouts';
import { quietRuntime } from '../support/slipway';
import { aProjectName, testTemporal, type TestTemporal } from './temporal';

const project = aProjectName();
let temporal: TestTemporal;
let connection: NativeConnection;
let worker: Worker;
let running: Promise<void>;
/** Milliseconds: enough for a worker to take a task on a busy machine. */
const patience = 4_000;

beforeAll(async () => {
  quietRuntime();
  temporal = await testTemporal();
  connection = await NativeConnection.connect({ address: temporal.env.TEMPORAL_ADDRESS });
  worker = await Worker.create({
    connection,
    taskQueue: taskQueueName(project, 'trial'),
    workflowsPath: join(__dirname, '../activities/heartbeat/workflows.ts'),
    activities: { slow: () => sleep(patience + 1_000, 'an answer') },
  });
  running = worker.run();
});

afterAll(async () => {
  worker.shutdown();
  await running;
  await connection.close();
  await temporal.close();
});

function aQuestion(workflow: string, ...args: unknown[]) {
  const workflowId = `question/${project}/${randomUUID()}`;
  return { workflow, workflowId, project, environment: 'trial', args, summary: 'A question', limit: '1m' } as const;
}

test('a worker that does not know the question is outdated, which is told with what to do; the question is ended', async () => {
  const question = aQuestion('preview', {});
  await expect(askWorker(temporal.client, question, 30_000)).rejects.toMatchObject({
    code: 'WORKER_OUTDATED',
    message: expect.stringMatching(/^The worker of trial cannot run preview: .*no such function/) as string,
    todo: 'Install the Slipway of this command where that worker runs, and start the worker anew.',
  });
  const handle = temporal.client.workflow.getHandle(question.workflowId);
  expect((await handle.describe()).status.name).toBe('TERMINATED');
  // A worker that is stopped while it has a task of the question delays it no longer than a release.
  const started = (await handle.fetchHistory()).events?.[0]?.workflowExecutionStartedEventAttributes;
  expect(Number(started?.workflowTaskTimeout?.seconds) * 1_000).toBe(taskTimeouts.release);
});

test('an answer that takes longer than the patience is waited for, once a worker has begun with it', async () => {
  const question = aQuestion('call', 'slow', null, { startToCloseTimeout: '1m' });
  expect(await askWorker(temporal.client, question, patience)).toBe('an answer');
});
