/** How an environment is watched: one schedule for each, whoever makes it. */
import { taskQueueName } from '../release/identity';
import { onlyEnvironment } from '../release/one-environment';
import type { Project } from '../release/project';
import { taskTimeouts } from './task-timeouts';

/** Input of the workflow `watchEnvironment`. */
export interface WatchInput {
  /** Only the environment that is watched is in it. */
  readonly project: Project;
  readonly environment: string;
  /** It goes on being looked at from now on, as its rules say. */
  readonly keep?: boolean;
}

/** Id of the one schedule that looks at an environment. */
export function watchScheduleId(project: string, environment: string): string {
  return `watch/${project}/${environment}`;
}

/** The project as a watch is told it: one environment, and nothing of what starts releases. */
export function watchInput(project: Project, environment: string): WatchInput | undefined {
  const only = onlyEnvironment(project, environment);
  return only && { project: only, environment };
}

/**
 * The schedule, without its policy for looks that overlap, which only a client can say: they are skipped. One look waits
 * for a worker, however long.
 */
export function watchSchedule(input: WatchInput, every: number) {
  const { project, environment } = input;
  return {
    spec: { intervals: [{ every }] },
    policies: { catchupWindow: '1 minute' as const, pauseOnFailure: false },
    action: {
      type: 'startWorkflow' as const,
      workflowType: 'watchEnvironment',
      workflowId: `watch/${project.name}/${environment}/look`,
      taskQueue: taskQueueName(project.name, environment),
      args: [input],
      workflowTaskTimeout: taskTimeouts.question,
      staticSummary: `${project.name}: what runs in ${environment}`,
    },
  };
}
