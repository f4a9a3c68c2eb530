/** How an environment's workflow is started, by whoever asks it for something: all of them must do it alike. */
import { environmentWorkflowId, taskQueueName } from '../release/identity';
import { renderAboutEnvironment } from '../release/render-environment';
import type { EnvironmentInput } from './messages';
import { taskTimeouts } from './task-timeouts';

/** The one workflow of an environment: started if it is not there. */
export function environmentStart(project: string, environment: string) {
  const input: EnvironmentInput = { project, environment, recalls: true };
  return {
    workflowId: environmentWorkflowId(project, environment),
    taskQueue: taskQueueName(project, environment),
    workflowIdConflictPolicy: 'USE_EXISTING' as const,
    workflowTaskTimeout: taskTimeouts.environment,
    args: [input],
    staticSummary: `${project}: ${environment}`,
    staticDetails: renderAboutEnvironment(environment),
  };
}
