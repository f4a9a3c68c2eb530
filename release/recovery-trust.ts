/** Whether what the ledger holds of a release is what the release wrote: anybody with the password can change rows. */
import { PLAN_VERSION } from './plan';
import { canonicalJson, planDigest } from './plan-digest';
import type { UnfinishedRelease } from './unfinished-release';
import { undoOfMigrations, undoOfMove } from './undo';

/**
 * Why the plan and the undo records cannot be acted on, in a few words; undefined if they can. A plan must be the one
 * that its digest names, since people approved that; an undo record must follow from it.
 */
export function problemOfAccount({ plan, undoRecords }: Pick<UnfinishedRelease, 'plan' | 'undoRecords'>) {
  if (!plan) return undefined;
  if (plan.planVersion !== PLAN_VERSION) return 'its plan was made by another edition of Slipway';
  try {
    if (planDigest(plan) !== plan.digest) return 'its plan is not the one that was approved: somebody has changed it';
    const planned = plan.services.flatMap((service) =>
      [undoOfMigrations(service), undoOfMove(service)].map(canonicalJson),
    );
    const strange = undoRecords.find((record) => !planned.includes(canonicalJson(record)));
    return strange && `its undo record ${strange.step} does not follow from its plan: somebody has changed it`;
  } catch {
    return 'its plan cannot be read: somebody has changed it';
  }
}
