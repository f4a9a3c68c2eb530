import type { StopsTold } from '../../release/stop';
import type { EnvironmentState } from '../../release/environment-state';
import type { AwaitReleaseEndInput, FindReplacedInput, RecallInput } from '../contract';
import { sleep } from '../sleep';
import type { Attempt, Place, Surroundings } from '../surroundings';
import { findReplaced } from './find-replaced';

/** How often Temporal is asked: a look costs it one request. */
const INTERVAL = 500;

/** What can be asked about other releases. */
export function createReleaseActivities(surroundings: Surroundings) {
  const { environments, isReleaseOpen } = surroundings;
  return {
    /** A question to the environment's workflow is answered after every word that it was sent before. */
    async readStops(place: Place): Promise<StopsTold | null> {
      const state = await environments.state(place);
      if (!state) return null;
      return { stops: state.stops ?? [], revision: state.stopsRevision ?? 0, freezes: state.freezes ?? [] };
    },

    recallEnvironment: async ({ runId, ...place }: RecallInput): Promise<EnvironmentState | null> =>
      (await environments.last(place, runId)) ?? null,

    findReplaced: (input: FindReplacedInput, attempt: Attempt) => findReplaced(input, surroundings, attempt),

    /** Looks until the release is no longer running, or the patience is over. No answer counts as running. */
    async awaitReleaseEnd(
      { releaseId, runId, patience = Infinity }: AwaitReleaseEndInput,
      { signal }: Attempt,
    ): Promise<{ isRunning: boolean }> {
      const end = Date.now() + patience;
      for (;;) {
        signal.throwIfAborted();
        if ((await isReleaseOpen(releaseId, runId)) === false) return { isRunning: false };
        if (Date.now() >= end) return { isRunning: true };
        await sleep(INTERVAL, signal);
      }
    },
  };
}
