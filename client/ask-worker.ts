/** Short workflows that only answer a question: a worker of the environment looks, nothing is changed. */
import type { Client, WorkflowHandle } from '@temporalio/client';
import { taskQueueName } from '../release/identity';
import { pause } from './pause';
import { noWorker } from './request-release';
import { asSlipwayError } from './temporal-errors';

/** Started, and its first task scheduled: no worker has had it. */
const UNTOUCHED_HISTORY = 2;

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
 * The answer of an environment's worker. Fails with what the workflow failed with, or NO_WORKER if none took it within
 * `patience` milliseconds.
 */
export async function askWorker<T>(
  client: Client,
  { workflow, workflowId, project, environment, args, summary, limit }: Question,
  patience = 10_000,
): Promise<T> {
  const stop = new AbortController();
  try {
    const handle = await client.workflow.start(workflow, {
      workflowId,
      taskQueue: taskQueueName(project, environment),
      args: [...args],
      // It holds nothing that would have to be put back.
      workflowExecutionTimeout: limit,
      staticSummary: summary,
    });
    const result = handle.result() as Promise<T>;
    const silence = silent(handle, patience, stop.signal).then((isSilent) =>
      isSilent ? undefined : { value: result },
    );
    const answer = await Promise.race([result.then((value) => ({ value })), silence]);
    if (answer) return await answer.value;
    result.catch(() => undefined);
    await handle.terminate('no worker took it');
    throw noWorker(project, environment);
  } catch (error) {
    throw asSlipwayError(error);
  } finally {
    stop.abort();
  }
}

/** Whether no worker has taken the workflow within `patience`. */
async function silent(handle: WorkflowHandle, patience: number, signal: AbortSignal): Promise<boolean> {
  await pause(patience, signal);
  return !signal.aborted && (await handle.describe()).historyLength <= UNTOUCHED_HISTORY;
}
