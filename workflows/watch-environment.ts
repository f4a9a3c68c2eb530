/** Looks once at what an environment runs: started by its schedule, and by people who want to know now. */
import { isCancellation, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { WatchReport } from '../activities/watch/contract';
import type { ErrorReport } from '../release/errors';
import { problemOfPlace, isObject } from '../release/release-request';
import { renderLook } from '../release/render-drift';
import { reportOf, slipwayFailure } from './failure';
import { activity } from './proxies';
import type { WatchInput } from './watch-schedule';

/** What a look came to; a `failure` is one of Slipway's own ways: it says nothing of the environment. */
export type WatchResult = WatchReport & { readonly failure: ErrorReport | null };

/**
 * One look; what follows from it is the environment's own matter. Looks that fail would only pile up: one that could not
 * be made ends well, and says so. Fails with REQUEST_INVALID.
 */
export async function watchEnvironment(input: WatchInput): Promise<WatchResult> {
  const problem = isObject(input) ? problemOfPlace({ ...input }) : 'it is no object';
  if (problem) throw slipwayFailure('REQUEST_INVALID', { what: 'a look at an environment', problem });
  const { project, environment, keep = false } = input;
  const look = workflowInfo().runId;
  try {
    if (keep) await activity.keepWatch({ project, environment }, `Have ${environment} looked at from now on`);
    const summary = `What runs in ${environment}`;
    const report = await activity.watchEnvironment({ project, environment, look }, summary);
    setCurrentDetails(renderLook(environment, report));
    return { ...report, failure: null };
  } catch (error) {
    const failure = reportOf(error);
    if (!failure || isCancellation(error)) throw error;
    setCurrentDetails(`${failure.message}\n\n${failure.todo}`);
    return { isTold: false, heldBy: null, services: [], failure };
  }
}
