/** A name in a message, where only a signature says enough. */
import { patched } from '@temporalio/workflow';
import type { Decision } from '../release/decision';
import { refuseUnsigned, type SigningRules } from '../release/signed-decision';
import type { ReleaseRun } from './release-run';

/** What the need of a signature is told by, in this release. */
export const signingRules = ({ input, environment, state }: ReleaseRun): SigningRules => ({
  project: input.project,
  environment,
  approvals: state.plan?.approvals ?? [],
  requestedBy: input.requestedBy,
});

/**
 * Why a decision does not count that is only claimed, in one sentence; undefined = it may. `about`: the list of a tick.
 * One that an older Slipway has let count still counts.
 */
export function refuseClaim(run: ReleaseRun, decision: Decision, about?: string): string | undefined {
  const why = refuseUnsigned(signingRules(run), decision, about);
  return why !== undefined && patched('decisions are signed') ? why : undefined;
}
