import { randomUUID } from 'node:crypto';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { inArea, unknown, type Examination } from '../release/doctor';
import { taskQueueName } from '../release/identity';
import type { DoctorInput } from '../workflows/messages';
import { pause } from './pause';
import { noWorker } from './request-release';
import { asSlipwayError } from './temporal-errors';

/** Milliseconds: each area has its own limits on the worker; this is for a worker that dies of one. */
const limit = 4 * 60_000;

/** Milliseconds between two looks at whether a worker has taken it. */
const lookEvery = 500;

/**
 * What the worker of an environment finds. Changes nothing. That no worker took it within `patience` milliseconds, or
 * one that knows no examination, is itself a line. Fails as Temporal does.
 */
export async function askDoctor(client: Client, input: DoctorInput, patience: number): Promise<Examination[]> {
  const { project, environment } = input;
  const stop = new AbortController();
  try {
    const handle = await client.workflow.start('doctor', {
      workflowId: `doctor/${project.name}/${environment}/${randomUUID()}`,
      taskQueue: taskQueueName(project.name, environment),
      args: [input],
      // It holds nothing that would have to be put back.
      workflowExecutionTimeout: limit,
      staticSummary: `Examination of ${environment}`,
    });
    const result = handle.result() as Promise<Examination[]>;
    result.catch(() => undefined);
    const answer = await Promise.race([result, troubleOf(handle, Date.now() + patience, stop.signal)]);
    if (Array.isArray(answer)) return answer;
    await handle.terminate('no worker can answer it');
    return inArea('queue', [lineOf(answer, project.name, environment)]);
  } catch (error) {
    throw asSlipwayError(error);
  } finally {
    stop.abort();
  }
}

/** No worker took it, or one did whose Slipway cannot run it. */
type Trouble = { readonly kind: 'nobody' } | { readonly kind: 'cannot'; readonly detail: string };

function lineOf(trouble: Trouble, project: string, environment: string) {
  const name = "the worker's own examination";
  if (trouble.kind === 'cannot') {
    const todo = 'Install the Slipway of this command where the worker runs, and start the worker anew.';
    return unknown(name, `the worker cannot run it: ${trouble.detail}`, todo);
  }
  return unknown(
    name,
    'no worker took it, so nothing beyond this could be looked at',
    noWorker(project, environment).todo,
  );
}

/** Resolves when no worker takes the workflow in time, or one that cannot run it; never once its first task is done. */
async function troubleOf(handle: WorkflowHandle, end: number, signal: AbortSignal): Promise<Trouble> {
  for (;;) {
    await pause(lookEvery, signal);
    if (signal.aborted) return new Promise(() => undefined);
    const { events } = await handle.fetchHistory();
    if (events?.some((event) => event.workflowTaskCompletedEventAttributes)) return new Promise(() => undefined);
    const failed = events?.find((event) => event.workflowTaskFailedEventAttributes);
    const detail = failed?.workflowTaskFailedEventAttributes?.failure?.message;
    if (failed) return { kind: 'cannot', detail: detail ?? 'its task failed' };
    if (Date.now() >= end) return { kind: 'nobody' };
  }
}
