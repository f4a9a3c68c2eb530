import { setTimeout as after } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Surroundings } from '../activities/surroundings';
import { SlipwayError } from '../release/errors';
import { taskQueueName } from '../release/identity';
import { environmentStart } from '../workflows/environment-start';
import { answerQuery, requestReleaseSignal } from '../workflows/messages';

/** Milliseconds that an environment has for its answer, and between two looks for it. */
const PATIENCE = 10_000;
const INTERVAL = 200;

/** Asks environments for releases on a client's Temporal: see `Surroundings.requestRelease`. */
export function releaseRequester(client: Client): Surroundings['requestRelease'] {
  return async (request) => {
    const { project, environment, requestId } = request;
    const start = environmentStart(project.name, environment);
    const deadline = Date.now() + PATIENCE;
    try {
      return await client.connection.withDeadline(deadline, async () => {
        await client.workflow.signalWithStart('environment', {
          ...start,
          signal: requestReleaseSignal,
          signalArgs: [request],
        });
        for (;;) {
          const answer = await client.workflow.getHandle(start.workflowId).query(answerQuery, requestId);
          if (answer && !('done' in answer)) return answer;
          if (Date.now() >= deadline) throw new Error('the environment gave no answer in time');
          await after(INTERVAL);
        }
      });
    } catch (error) {
      // Silence of the server and of the worker are alike: the request may still be taken, and is sent again.
      throw new SlipwayError(
        'NO_WORKER',
        { queue: taskQueueName(project.name, environment), environment },
        { cause: error },
      );
    }
  };
}
