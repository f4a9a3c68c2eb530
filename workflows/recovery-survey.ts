import type { UnfinishedRelease } from '../release/recovery';
import { judgeRecovery, type RecoveryCase, type RecoverySight, type UnfinishedEntry } from '../release/recovery';
import type { RecoveryQuestion } from './messages';
import { activity } from './proxies';

/** An unfinished release, and what can be done for it. */
export interface FoundRelease extends UnfinishedEntry {
  readonly judged: RecoveryCase;
  readonly sight: RecoverySight;
  /** All that the ledger knows; only where one release was asked for: a list of them would not fit into a message. */
  readonly unfinished: UnfinishedRelease | null;
}

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
