import { worstVerdict, type Verdict } from './verdict';
import type { CheckResult } from './check-result';

/** Where a time of repeated checks stands: data, so that a later attempt goes on and does not begin anew. */
export interface WatchTally {
  readonly rounds: number;
  /** Milliseconds that were watched; a time without a worker does not count. */
  readonly elapsed: number;
  /** How many rounds in a row, up to the last, gave no answer. */
  readonly unanswered: number;
  readonly last: readonly CheckResult[];
}

export const nothingWatched: WatchTally = { rounds: 0, elapsed: 0, unanswered: 0, last: [] };

/** How long is watched, in milliseconds, and how many rounds in a row may go without an answer before that is the verdict. */
export interface WatchRule {
  readonly window: number;
  readonly patience: number;
}

/** The tally with one more round. */
export function tallyRound(tally: WatchTally, round: readonly CheckResult[], elapsed: number): WatchTally {
  const unknown = verdictOf(round) === 'unknown';
  return { rounds: tally.rounds + 1, elapsed, unanswered: unknown ? tally.unanswered + 1 : 0, last: round };
}

/**
 * The verdict after a round, or undefined if there must be another. One wrong answer is a failure; silence is `unknown`
 * once it has lasted for `patience` rounds. At the end of the window silence is not yet taken for success: it is asked
 * on until there is an answer, or the patience is over. A window of 0 is one round, whatever it says.
 */
export function judgeRounds(tally: WatchTally, { window, patience }: WatchRule): Verdict | undefined {
  if (tally.rounds === 0) return undefined;
  const verdict = verdictOf(tally.last);
  if (verdict === 'failed') return 'failed';
  if (verdict === 'unknown') return window === 0 || tally.unanswered >= patience ? 'unknown' : undefined;
  return tally.elapsed >= window ? 'passed' : undefined;
}

/** `details` as a tally, if that is what an earlier attempt has left. */
export function readWatchTally(details: unknown): WatchTally | undefined {
  if (typeof details !== 'object' || details === null) return undefined;
  const { rounds, elapsed, unanswered, last } = details as Partial<Record<keyof WatchTally, unknown>>;
  const numbers = [rounds, elapsed, unanswered];
  if (!numbers.every((number) => typeof number === 'number' && number >= 0) || !Array.isArray(last)) return undefined;
  return details as WatchTally;
}

function verdictOf(round: readonly CheckResult[]): Verdict {
  return worstVerdict(round.map(({ verdict }) => verdict));
}
