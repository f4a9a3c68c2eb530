import { judgeRecovery, unreadable, type FoundRelease } from '../release/recovery';
import type { UnfinishedEntry } from '../release/unfinished-release';
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
  const found = await Promise.all(entries.map(lookIfUnfinished));
  return found.filter((one) => one !== undefined);
}

type Release = NonNullable<RecoveryQuestion['release']>;

/**
 * Undefined for one that has ended since it was listed. One whose account cannot be read says so: the others are still
 * to be shown.
 */
async function lookIfUnfinished(entry: UnfinishedEntry): Promise<FoundRelease | undefined> {
  try {
    return await lookAt(entry.release, false);
  } catch (error) {
    const report = reportOf(error);
    if (report?.code === 'RECOVERY_NONE') return undefined;
    if (report?.code === 'LEDGER_NEWER' || report?.code === 'LEDGER_CONFLICT') return unreadable(entry, report);
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
    ...(unfinished.problem !== undefined && { isUnread: true }),
  };
}
