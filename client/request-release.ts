import { WithStartWorkflowOperation, WorkflowUpdateRPCTimeoutOrCancelledError, type Client } from '@temporalio/client';
import { SlipwayError } from '../release/errors';
import { environmentWorkflowId, taskQueueName } from '../release/identity';
import type { Project } from '../release/project';
import {
  requestReleaseUpdate,
  type EnvironmentInput,
  type ReleaseInput,
  type ReleaseRequest,
} from '../workflows/messages';
import { asSlipwayError, isTransient } from './temporal-errors';
import { pause } from './pause';

/** A release that runs. */
export interface StartedRelease {
  readonly releaseId: string;
  readonly runId: string;
}

/** What a release of `version` is told: of the project, only the one environment. */
export function releaseInput(
  project: Project,
  order: {
    readonly environment: string;
    readonly version: string;
    readonly commit: string | null;
    readonly by: string;
  },
): ReleaseInput {
  const rules = project.environments[order.environment];
  if (!rules) throw unknownEnvironment(project, order.environment, 'slipway.yaml');
  return {
    project: { ...project, environments: { [order.environment]: rules } },
    environment: order.environment,
    version: order.version,
    commit: order.commit,
    requestedBy: order.by,
  };
}

/** ENVIRONMENT_UNKNOWN, naming those that there are. */
export function unknownEnvironment(project: Project, name: string, file: string): SlipwayError {
  const known = Object.keys(project.environments).join(', ');
  return new SlipwayError('ENVIRONMENT_UNKNOWN', { name, file, known });
}

/**
 * Asks an environment for a release, and returns the one that runs for this request: the same `requestId` is the same
 * request, however often it is sent. Fails with RELEASE_RUNNING, NO_WORKER if none took it within `patience`
 * milliseconds (nothing was started then), or TEMPORAL_UNREACHABLE.
 */
export async function requestRelease(
  client: Client,
  request: ReleaseRequest,
  patience = 10_000,
): Promise<StartedRelease> {
  const deadline = Date.now() + patience;
  for (;;) {
    try {
      const answer = await client.connection.withDeadline(deadline, () => askEnvironment(client, request));
      if ('refused' in answer) throw new SlipwayError(answer.refused, { id: answer.id });
      return answer;
    } catch (error) {
      if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || (isTransient(error) && Date.now() >= deadline)) {
        throw noWorker(request.project.name, request.environment, error);
      }
      if (!isTransient(error)) throw asSlipwayError(error);
      await pause(200);
    }
  }
}

/** NO_WORKER for an environment. */
export function noWorker(project: string, environment: string, cause?: unknown): SlipwayError {
  return new SlipwayError('NO_WORKER', { queue: taskQueueName(project, environment), environment }, { cause });
}

function askEnvironment(client: Client, request: ReleaseRequest) {
  const { project, environment, requestId } = request;
  const input: EnvironmentInput = { project: project.name, environment };
  return client.workflow.executeUpdateWithStart(requestReleaseUpdate, {
    args: [request],
    updateId: requestId,
    startWorkflowOperation: new WithStartWorkflowOperation('environment', {
      workflowId: environmentWorkflowId(project.name, environment),
      taskQueue: taskQueueName(project.name, environment),
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [input],
      staticSummary: `${project.name}: ${environment}`,
    }),
  });
}
