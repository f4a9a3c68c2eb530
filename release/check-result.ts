import type { LiveIdentity } from './pointer-move';
import type { Finding } from './facts';
import type { Verdict } from './verdict';

/** What one check found, with the evidence for it. */
export interface CheckResult {
  readonly name: string;
  readonly verdict: Verdict;
  /** What was expected and what came, in one line, secrets masked, at most 300 characters. */
  readonly detail: string;
  /** Of the last answer, in milliseconds; absent if there was none. */
  readonly latency?: number;
  readonly tries: number;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** What a time of repeated checks came to. */
export interface WatchResult {
  readonly verdict: Verdict;
  /** How many rounds ran. */
  readonly rounds: number;
  /** The last round, or the one that broke. */
  readonly last: readonly CheckResult[];
}

/** What a wait for a version to be live came to. */
export interface LiveResult {
  readonly verdict: Verdict;
  readonly service: string;
  readonly expected: LiveIdentity;
  /** The last reading's value, or why there was none. */
  readonly detail: string;
  readonly readings: number;
}

/** What the checks say of a service together: a failure before no answer, with the words of all that did not pass; null = all passed. */
export function troubleOf(results: readonly Pick<CheckResult, 'name' | 'verdict' | 'detail'>[]): Finding | null {
  const bad = results.filter(({ verdict }) => verdict !== 'passed');
  if (bad.length === 0) return null;
  const verdict = bad.some((result) => result.verdict === 'failed') ? 'failed' : 'unknown';
  return { verdict, detail: bad.map(({ name, detail }) => `${name}: ${detail}`).join('; ') };
}
