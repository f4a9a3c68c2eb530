/** Why a workflow does not answer: no worker is there, or one whose code cannot go on with what other code began. */
import type { Client } from '@temporalio/client';
import { SlipwayError } from '../release/errors';
import { taskQueueName } from '../release/identity';
import { temporalClient } from './temporal-client';
import { detailOf, grpc, grpcCode } from './temporal-errors';

/** One environment of a project. */
export interface Place {
  readonly project: string;
  readonly environment: string;
}

/** Milliseconds for one question to the server. */
const limit = 3_000;

/** So many of the newest events are looked at for what became of the last task. */
const newest = 30;

/** Causes by which a worker says that it cannot go on, as the server numbers them: an exception, and other commands. */
const wordsOfWorkers: readonly number[] = [14, 24];

/** NO_WORKER for an environment. */
export function noWorker({ project, environment }: Place, cause?: unknown): SlipwayError {
  return new SlipwayError('NO_WORKER', { queue: taskQueueName(project, environment), environment }, { cause });
}

/** Why nobody has answered a question to a workflow: WORKER_INCOMPATIBLE if it stands still, else NO_WORKER. */
export async function whySilent(client: Client, id: string, place: Place, error?: unknown): Promise<SlipwayError> {
  return (await standstillOf(client, id, place, error)) ?? noWorker(place, error);
}

/**
 * WORKER_INCOMPATIBLE if a workflow stands still: a worker has failed its last task, or the question that failed with `error`.
 * undefined if it does not, or if that could not be told.
 */
export async function standstillOf(
  client: Client,
  id: string,
  { environment }: Place,
  error?: unknown,
): Promise<SlipwayError | undefined> {
  const detail = isOutOfStep(error) ? detailOf(error) : await failureOfLastTask(client, id);
  if (detail === undefined) return undefined;
  const words = detail.split('\n')[0]!.trim().replace(/\.$/, '');
  return new SlipwayError('WORKER_INCOMPATIBLE', { id, environment, detail: words }, { cause: error });
}

/** Whether an error says that a workflow stands still: asking again would not help. */
export function tellsStandstill(error: unknown): boolean {
  if (isOutOfStep(error)) return true;
  return grpcCode(error) === grpc.failedPrecondition && /task in failed state/i.test(detailOf(error));
}

/** A worker has replayed the history for the question, and could not; TMPRL1100 is the SDK's number for that. */
function isOutOfStep(error: unknown): boolean {
  return error instanceof temporalClient().QueryNotRegisteredError && error.message.includes('[TMPRL1100]');
}

/** What a worker said when it failed the last task; undefined if that task ended well, or if there is no answer. */
async function failureOfLastTask(client: Client, workflowId: string): Promise<string | undefined> {
  try {
    const { history } = await client.connection.withDeadline(Date.now() + limit, () =>
      client.workflowService.getWorkflowExecutionHistoryReverse({
        namespace: client.options.namespace,
        execution: { workflowId },
        maximumPageSize: newest,
      }),
    );
    const last = history?.events?.find(
      (event) => event.workflowTaskCompletedEventAttributes ?? event.workflowTaskFailedEventAttributes,
    )?.workflowTaskFailedEventAttributes;
    if (!last || !wordsOfWorkers.includes(Number(last.cause))) return undefined;
    return last.failure?.message ?? 'its task failed';
  } catch {
    return undefined;
  }
}
