import { Worker, type WorkerOptions } from '@temporalio/worker';
import { hostname } from 'node:os';
import { createActivities } from '../activities';
import type { Surroundings } from '../activities/surroundings';
import { HeartbeatInterceptor } from '../activities/heartbeat';
import { bundlePath } from './bundle-path';
import { FailureCounter } from './metrics';

/**
 * A worker for one task queue, with the settings that make recovery quick (measured: docs/recovery.md): an idle
 * workflow of a killed worker is picked up after 0.5 s, a running activity after the 2 s of its heartbeat.
 */
export function createReleaseWorker(
  options: Pick<WorkerOptions, 'connection' | 'namespace' | 'taskQueue'> & { readonly surroundings: Surroundings },
): Promise<Worker> {
  const { surroundings, ...rest } = options;
  return Worker.create({
    ...rest,
    workflowBundle: { codePath: bundlePath },
    activities: createActivities(surroundings),
    interceptors: {
      activity: [() => ({ inbound: new HeartbeatInterceptor() }), () => ({ inbound: new FailureCounter() })],
    },
    identity: `${hostname()}:${process.pid}`,
    stickyQueueScheduleToStartTimeout: '500ms',
    maxHeartbeatThrottleInterval: '500ms',
    defaultHeartbeatThrottleInterval: '500ms',
    // Set: the cache is counted, not measured, and each release keeps its plan in memory.
    maxCachedWorkflows: 200,
    shutdownGraceTime: '5s',
    shutdownForceTime: '20s',
    showStackTraceSources: true,
  });
}
