import type { WatchResult } from '../../release/check-result';
import { judgeRounds, nothingWatched, readWatchTally, tallyRound } from '../../release/judge-rounds';
import type { WatchInput } from '../contract';
import { sleep } from '../sleep';
import type { Attempt, Surroundings } from '../surroundings';
import { checkAll } from './check-all';

/** Rounds in a row without an answer before that is the verdict. */
const defaultPatience = 3;

/**
 * Runs rounds of the checks until the window is over, a check fails, or there is no answer for too long. An attempt
 * that follows a killed one watches what is left of the window.
 */
export async function watchChecks(
  { checks, window, interval, patience = defaultPatience }: WatchInput,
  surroundings: Surroundings,
  attempt: Attempt,
): Promise<WatchResult> {
  let tally = readWatchTally(attempt.resume) ?? nothingWatched;
  const started = performance.now() - tally.elapsed;
  for (;;) {
    const round = await checkAll(checks, surroundings, attempt);
    const elapsed = Math.round(performance.now() - started);
    tally = tallyRound(tally, round, elapsed);
    attempt.progress(tally);
    const verdict = judgeRounds(tally, { window, patience });
    if (verdict) return { verdict, rounds: tally.rounds, last: tally.last };
    // The last round comes at the very end of the window; one that must be asked on for comes an interval later.
    const left = window - elapsed;
    await sleep(left > 0 ? Math.min(interval, left) : interval, attempt.signal);
  }
}
