import { judgeRecovery, type FoundRelease } from '../release/recovery';
import type { RecoveryQuestion } from './messages';
import { activity } from './proxies';

/**
 * The releases of an environment that nobody runs any more, with what was seen of each. Changes nothing. Fails as the
 * ledger does, or with RECOVERY_NONE.
 */
export async function recoverySurvey({ project, environment, release }: RecoveryQuestion): Promise<FoundRelease[]> {
  const entries = release
    ? [release]
    : (await activity.listUnfinished({ project, environment }, `Unfinished in ${environment}`)).map(
        (entry) => entry.release,
      );
  return Promise.all(entries.map((entry) => lookAt(entry, release !== undefined)));
}

async function lookAt(release: { readonly id: string; readonly runId: string }, whole: boolean): Promise<FoundRelease> {
  const unfinished = await activity.loadUnfinished({ release }, `What the ledger knows of ${release.id}`);
  const sight = await activity.lookAtUnfinished({ unfinished, forRecovery: false }, `What ${release.id} left behind`);
  const { phase, order } = unfinished;
  return {
    release: unfinished.release,
    requestedBy: order.requestedBy,
    phase,
    judged: judgeRecovery(unfinished, sight),
    sight: { ...sight, services: sight.services.map((service) => ({ ...service, rows: service.rows && [] })) },
    unfinished: whole ? unfinished : null,
  };
}
