import { randomUUID } from 'node:crypto';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { taskQueueName } from '../release/identity';
import type { ReleaseInput, Survey } from '../workflows/messages';
import { pause } from './pause';
import { noWorker } from './request-release';
import { asSlipwayError } from './temporal-errors';

/** Started, and its first task scheduled: no worker has had it. */
const UNTOUCHED_HISTORY = 2;

/**
 * Finds out what a release would find and do: its gates and its plan. Changes nothing. Fails with what the look
 * failed with (VERSION_UNKNOWN, …), or NO_WORKER if none took it within `patience` milliseconds.
 */
export async function previewRelease(client: Client, input: ReleaseInput, patience = 10_000): Promise<Survey> {
  const { project, environment, version } = input;
  const stop = new AbortController();
  try {
    const handle = await client.workflow.start('preview', {
      workflowId: `preview/${project.name}/${environment}/${version}/${randomUUID()}`,
      taskQueue: taskQueueName(project.name, environment),
      args: [input],
      // A preview holds nothing that would have to be put back.
      workflowExecutionTimeout: '10m',
      staticSummary: `Preview of ${version} → ${environment}`,
    });
    const result = handle.result() as Promise<Survey>;
    const silence = silent(handle, patience, stop.signal).then((isSilent) => (isSilent ? undefined : result));
    const survey = await Promise.race([result, silence]);
    if (survey) return survey;
    result.catch(() => undefined);
    await handle.terminate('no worker took it');
    throw noWorker(project.name, environment);
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
