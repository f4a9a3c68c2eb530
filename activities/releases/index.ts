import type { AwaitReleaseEndInput, FindReplacedInput } from '../contract';
import { sleep } from '../sleep';
import type { Attempt, Surroundings } from '../surroundings';
import { findReplaced } from './find-replaced';

/** How often Temporal is asked: a look costs it one request. */
const INTERVAL = 500;

/** What can be asked about other releases. */
export function createReleaseActivities(surroundings: Surroundings) {
  const { isReleaseOpen } = surroundings;
  return {
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
