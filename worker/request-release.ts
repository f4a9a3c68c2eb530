import { WithStartWorkflowOperation, type Client } from '@temporalio/client';
import type { Surroundings } from '../activities/surroundings';
import { SlipwayError } from '../release/errors';
import { taskQueueName } from '../release/identity';
import { reportOf } from '../release/report-of';
import { environmentStart } from '../workflows/environment-start';
import { requestReleaseUpdate } from '../workflows/messages';

/** Milliseconds that an environment has for its answer. */
const PATIENCE = 10_000;

/** Asks environments for releases on a client's Temporal: see `Surroundings.requestRelease`. */
export function releaseRequester(client: Client): Surroundings['requestRelease'] {
  return async (request) => {
    const { project, environment, requestId } = request;
    try {
      return await client.connection.withDeadline(Date.now() + PATIENCE, () =>
        client.workflow.executeUpdateWithStart(requestReleaseUpdate, {
          args: [request],
          updateId: requestId,
          startWorkflowOperation: new WithStartWorkflowOperation(
            'environment',
            environmentStart(project.name, environment),
          ),
        }),
      );
    } catch (error) {
      const report = reportOf(error);
      if (report) throw new SlipwayError(report.code, report.details, { cause: error });
      // Silence of the server and of the worker are alike: the request may still be taken, and is sent again.
      throw new SlipwayError(
        'NO_WORKER',
        { queue: taskQueueName(project.name, environment), environment },
        { cause: error },
      );
    }
  };
}
