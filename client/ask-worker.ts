/** Short workflows that only answer a question: a worker of the environment looks, nothing is changed. */
import type { Client, WorkflowHandle } from '@temporalio/client';
import { SlipwayError } from '../release/errors';
import { taskQueueName } from '../release/identity';
import { taskTimeouts } from '../workflows/task-timeouts';
import { pause } from './pause';
import { noWorker } from './silence';
import { asSlipwayError } from './temporal-errors';

/** A question for a worker. */
export interface Question {
  /** The type of the workflow that answers it. */
  readonly workflow: string;
  readonly workflowId: string;
  readonly project: string;
  readonly environment: string;
  readonly args: readonly unknown[];
  readonly summary: string;
  /** How long the answer may take in all. */
  readonly limit: `${number}m`;
}

/**
 * The answer of an environment's worker. Fails with what the workflow failed with, with NO_WORKER if none took it within
 * `patience` milliseconds, or with WORKER_OUTDATED if those that did could not run it.
 */
export async function askWorker<T>(client: Client, question: Question, patience = 10_000): Promise<T> {
  const stop = new AbortController();
  try {
    const handle = await start(client, question);
    const result = handle.result() as Promise<T>;
    const trouble = troubleOf(handle, question, patience, stop.signal);
    const answer = await Promise.race([result.then((value) => ({ value })), trouble]);
    if (!(answer instanceof SlipwayError)) return answer.value;
    await handle.terminate(answer.message);
    throw answer;
  } catch (error) {
    throw asSlipwayError(error);
  } finally {
    stop.abort();
  }
}

function start(client: Client, { workflow, workflowId, project, environment, args, summary, limit }: Question) {
  return client.workflow.start(workflow, {
    workflowId,
    taskQueue: taskQueueName(project, environment),
    args: [...args],
    // It holds nothing that would have to be put back.
    workflowExecutionTimeout: limit,
    workflowTaskTimeout: taskTimeouts.question,
    staticSummary: summary,
  });
}

/** Milliseconds between two looks at what became of the first task. */
const lookEvery = 500;

/** Milliseconds in which a task that one worker could not run may go to another, which can. */
const triedAgain = 3_000;

/**
 * Why no answer will come. Never resolves if a worker has begun with it: how long that takes is the question's own
 * limit.
 */
async function troubleOf(
  handle: WorkflowHandle,
  { workflow, project, environment }: Question,
  patience: number,
  signal: AbortSignal,
): Promise<SlipwayError> {
  const begun = Date.now();
  for (;;) {
    await pause(Math.min(lookEvery, patience), signal);
    if (signal.aborted) return never();
    const waited = Date.now() - begun;
    const first = await firstTask(handle);
    if (first === 'done') return never();
    if (first === 'nobody' && waited >= patience) return noWorker({ project, environment });
    if (typeof first === 'object' && waited >= Math.min(triedAgain, patience))
      return new SlipwayError('WORKER_OUTDATED', { workflow, environment, detail: first.failure });
  }
}

const never = () => new Promise<never>(() => undefined);

/** What became of a workflow's first task. One whose worker fell silent counts as taken by nobody. */
async function firstTask(handle: WorkflowHandle): Promise<'done' | 'nobody' | 'taken' | { readonly failure: string }> {
  const { events } = await handle.fetchHistory();
  const all = events ?? [];
  if (all.some((event) => event.workflowTaskCompletedEventAttributes)) return 'done';
  const failed = all.find((event) => event.workflowTaskFailedEventAttributes)?.workflowTaskFailedEventAttributes;
  if (failed) return { failure: oneLine(failed.failure?.message ?? 'its task failed') };
  return all.at(-1)?.workflowTaskStartedEventAttributes ? 'taken' : 'nobody';
}

const oneLine = (text: string): string => text.split('\n')[0]!.trim().replace(/\.$/, '');
