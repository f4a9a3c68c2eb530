/** Finding releases that nobody runs any more, and looking at what they left. Nothing here changes the world. */
import { recoveryWorkflowId, releaseKey, type ReleaseRef } from '../../release/identity';
import type { RecoverySight, UnfinishedEntry, UnfinishedRelease } from '../../release/unfinished-release';
import type { LookAtUnfinishedInput, ListUnfinishedInput, LoadUnfinishedInput } from '../contract';
import type { Attempt, Surroundings } from '../surroundings';
import { lookAtService } from './look-at-service';
import { listUnfinished, readUnfinished } from './read-unfinished';

/** The first of the workflows that write what a release could not (workflows/ledger-scribe.ts). */
const backlogOf = (release: ReleaseRef): string => `ledger/${releaseKey(release)}/1`;

/** The recovery's activities. */
export function createRecoveryActivities(surroundings: Surroundings) {
  const { ledger, cluster, isReleaseOpen } = surroundings;

  async function lifeOf({ release }: Pick<UnfinishedRelease, 'release'>): Promise<RecoverySight['life']> {
    if (release.cluster !== cluster) return 'elsewhere';
    const isOpen = await isReleaseOpen(release.id, release.runId);
    if (isOpen === undefined) return 'could not tell';
    return isOpen ? 'running' : 'gone';
  }

  return {
    /**
     * Releases of the environment without an outcome that are not seen running, newest first; without those that have
     * ended, and whose last words are still on their way into the ledger.
     */
    listUnfinished: async (input: ListUnfinishedInput, attempt: Attempt): Promise<UnfinishedEntry[]> => {
      const entries = await ledger.use(attempt, (client) => listUnfinished(client, input));
      const lives = await Promise.all(entries.map(lifeOf));
      const late = await Promise.all(entries.map(({ release }) => isReleaseOpen(backlogOf(release), '')));
      return entries.filter((_, index) => lives[index] !== 'running' && late[index] !== true);
    },

    /** All that the ledger knows of one. Fails with RECOVERY_NONE. */
    loadUnfinished: ({ release }: LoadUnfinishedInput, attempt: Attempt): Promise<UnfinishedRelease> =>
      ledger.use(attempt, (client) => readUnfinished(client, releaseKey(release))),

    /** What the world shows of it. Needs no ledger. */
    lookAtUnfinished: async (
      { unfinished, forRecovery }: LookAtUnfinishedInput,
      attempt: Attempt,
    ): Promise<RecoverySight> => {
      attempt.progress('looking at fences, pointers, migration tables and what is live');
      const planned = unfinished.plan?.services ?? [];
      const services = await Promise.all(
        planned.map((service) => lookAtService(unfinished, service, surroundings, attempt)),
      );
      // Whether it runs is asked last: it cannot come to life again, but it may have died just now.
      const life = await lifeOf(unfinished);
      const recovering = forRecovery ? false : await isReleaseOpen(recoveryWorkflowId(unfinished.release.id), '');
      return {
        life: recovering === undefined ? 'could not tell' : life,
        isRecovering: recovering === true,
        services,
      };
    },
  };
}
