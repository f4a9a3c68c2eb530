import { judgeRecovery, type FoundRelease } from '../release/recovery';
import { reportOf } from './failure';
import type { RecoveryQuestion } from './messages';
import { activity } from './proxies';

/**
 * The releases of an environment that nobody runs any more, with what was seen of each; or `release` alone, with all
 * that the ledger knows of it. Changes nothing. Fails as the ledger does, or with RECOVERY_NONE if `release` has ended.
 */
export async function recoverySurvey({ project, environment, release }: RecoveryQuestion): Promise<FoundRelease[]> {
  if (release) return [await lookAt(release, true)];
  const entries = await activity.listUnfinished({ project, environment }, `Unfinished in ${environment}`);
  const found = await Promise.all(entries.map((entry) => lookIfUnfinished(entry.release)));
  return found.filter((one) => one !== undefined);
}

type Release = NonNullable<RecoveryQuestion['release']>;

/** Undefined for one that has ended since it was listed: the others are still to be shown. */
async function lookIfUnfinished(release: Release): Promise<FoundRelease | undefined> {
  try {
    return await lookAt(release, false);
  } catch (error) {
    if (reportOf(error)?.code === 'RECOVERY_NONE') return undefined;
    throw error;
  }
}

async function lookAt(release: Release, whole: boolean): Promise<FoundRelease> {
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
