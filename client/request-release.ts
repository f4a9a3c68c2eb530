import type { Client } from '@temporalio/client';
import type { CalendarRequest } from '../release/calendar/needed';
import { SlipwayError } from '../release/errors';
import { taskQueueName } from '../release/identity';
import type { Project } from '../release/project';
import { environmentStart } from '../workflows/environment-start';
import {
  environmentStateQuery,
  requestReleaseUpdate,
  type ReleaseInput,
  type ReleaseRequest,
  type RequestAnswer,
} from '../workflows/messages';
import { asSlipwayError, isSilence, isTransient } from './temporal-errors';
import { pause } from './pause';
import { temporalClient } from './temporal-client';

/** A release that runs. */
export interface StartedRelease {
  readonly releaseId: string;
  readonly runId: string;
}

/** What a release of `version` is told: of the project, only the one environment, and nothing of what starts others. */
export function releaseInput(
  project: Project,
  order: {
    readonly environment: string;
    readonly version: string;
    readonly commit: string | null;
    readonly by: string;
  } & CalendarRequest,
): ReleaseInput {
  const rules = project.environments[order.environment];
  if (!rules) throw unknownEnvironment(project, order.environment, 'slipway.yaml');
  return {
    project: { ...project, environments: { [order.environment]: rules }, triggers: [] },
    environment: order.environment,
    version: order.version,
    commit: order.commit,
    requestedBy: order.by,
    ...(order.start && { start: order.start }),
    ...(order.kind && { kind: order.kind }),
  };
}

/** ENVIRONMENT_UNKNOWN, naming those that there are. */
export function unknownEnvironment(project: Project, name: string, file: string): SlipwayError {
  const known = Object.keys(project.environments).join(', ');
  return new SlipwayError('ENVIRONMENT_UNKNOWN', { name, file, known });
}

/**
 * Asks an environment for a release, and returns the one that runs for this request: the same `requestId` is the same
 * request, however often it is sent. Fails with RELEASE_RUNNING, NO_WORKER if none answered within `patience`
 * milliseconds (nothing is started then, nor later), REQUEST_UNANSWERED, or TEMPORAL_UNREACHABLE.
 */
export async function requestRelease(
  client: Client,
  request: ReleaseRequest,
  patience = 10_000,
): Promise<StartedRelease> {
  try {
    await requireWorker(client, request, Date.now() + patience);
    const answer = await ask(client, request, Date.now() + patience);
    if ('refused' in answer) throw new SlipwayError(answer.refused, { id: answer.id });
    return answer;
  } catch (error) {
    throw asSlipwayError(error);
  }
}

/**
 * A server keeps an update that nobody takes and hands it to a worker that comes later, long after we have said that
 * nothing was started. So it is sent only once the environment has answered a query, which leaves no trace.
 */
async function requireWorker(
  client: Client,
  { project, environment }: ReleaseRequest,
  deadline: number,
): Promise<void> {
  const { workflowId, ...start } = environmentStart(project.name, environment);
  const handle = await client.workflow.start('environment', { workflowId, ...start });
  for (;;) {
    try {
      await client.connection.withDeadline(deadline, () => handle.query(environmentStateQuery));
      return;
    } catch (error) {
      if (!isSilence(error)) throw error;
      if (Date.now() >= deadline) throw noWorker(project.name, environment, error);
      await pause(200);
    }
  }
}

/** Sends the request until it is answered. A worker that dies right now leaves it open whether it will be taken. */
async function ask(client: Client, request: ReleaseRequest, deadline: number): Promise<RequestAnswer> {
  for (;;) {
    try {
      return await client.connection.withDeadline(deadline, () => askEnvironment(client, request));
    } catch (error) {
      const isUnanswered = error instanceof temporalClient().WorkflowUpdateRPCTimeoutOrCancelledError;
      if (!isUnanswered && !isTransient(error)) throw error;
      if (isUnanswered || Date.now() >= deadline) {
        const { version, environment } = request;
        throw new SlipwayError('REQUEST_UNANSWERED', { version, environment }, { cause: error });
      }
      await pause(200);
    }
  }
}

/** NO_WORKER for an environment. */
export function noWorker(project: string, environment: string, cause?: unknown): SlipwayError {
  return new SlipwayError('NO_WORKER', { queue: taskQueueName(project, environment), environment }, { cause });
}

function askEnvironment(client: Client, request: ReleaseRequest): Promise<RequestAnswer> {
  const start = environmentStart(request.project.name, request.environment);
  return client.workflow.executeUpdateWithStart(requestReleaseUpdate, {
    args: [request],
    updateId: request.requestId,
    startWorkflowOperation: new (temporalClient().WithStartWorkflowOperation)('environment', start),
  });
}
