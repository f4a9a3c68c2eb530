/** Waits with checks: one heartbeating activity per segment, not an event per reading. */
import { CancellationScope, condition, isCancellation, patched } from '@temporalio/workflow';
import type { CheckResult, WatchResult } from '../release/check-result';
import type { Check } from '../release/project';
import { slipwayFailure } from './failure';
import { activity } from './proxies';
import type { ReleaseRun } from './release-run';

/** Milliseconds: the longest segment of one activity, so that a wait of hours is no single attempt. */
export const SEGMENT = 15 * 60 * 1_000;

export interface Watch {
  readonly checks: readonly Check[];
  /** Milliseconds; 0 = one round of the checks. */
  readonly window: number;
  readonly interval: number;
  /** For people, in the Web UI's timeline. */
  readonly summary: string;
  /** Ends the wait early when it comes true. */
  readonly stop?: () => boolean;
}

/**
 * Keeps checking for the window. Returns whether it was stopped early; fails with CHECK_FAILED or CHECK_UNKNOWN when
 * a check does not keep passing. Without checks it only waits.
 */
export async function watch(run: ReleaseRun, input: Watch): Promise<'over' | 'stopped'> {
  const { checks, window, stop = () => false } = input;
  const end = Date.now() + window;
  if (checks.length === 0) {
    if (window === 0) return 'over';
    return (await condition(stop, window, { summary: input.summary })) ? 'stopped' : 'over';
  }
  // What is left is counted: a worker that takes over may see an older time at first than a later replay does.
  const isByClock = window > SEGMENT && !patched('a long wait is counted');
  let counted = window;
  const left = () => (isByClock ? Math.max(0, end - Date.now()) : counted);
  for (let first = true; first || left() > 0; first = false) {
    const segment = Math.min(SEGMENT, left());
    counted -= segment;
    const result = await watchSegment({ ...input, window: segment, stop });
    if (result === 'stopped') return 'stopped';
    run.state.checks = result.last;
    run.show();
    requirePassed(result.last, result.verdict);
  }
  return 'over';
}

/** One segment of a wait, which may be told to stop. `patience`: rounds in a row without an answer; absent = as usual. */
export async function watchSegment(
  input: Required<Watch> & { readonly patience?: number },
): Promise<WatchResult | 'stopped'> {
  const { checks, window, interval, summary, stop, patience } = input;
  const scope = new CancellationScope();
  const asked = { checks, window, interval, ...(patience !== undefined && { patience }) };
  const watching = scope.run(() => activity.watchChecks(asked, summary));
  const stopping = scope
    .run(() => condition(stop))
    .then(
      () => 'stopped' as const,
      () => 'ended' as const,
    );
  const first = await Promise.race([watching, stopping]);
  scope.cancel();
  if (first !== 'stopped') return first === 'ended' ? watching : first;
  await watching.catch((error: unknown) => {
    if (!isCancellation(error)) throw error;
  });
  return 'stopped';
}

/** Fails with what a round of checks found, unless all passed. */
export function requirePassed(results: readonly CheckResult[], verdict: WatchResult['verdict']): void {
  if (verdict === 'passed') return;
  const those = results.filter((result) => result.verdict === verdict);
  const checks = those.map(({ name, detail }) => `${name} (${detail})`).join('; ');
  if (verdict === 'unknown') throw slipwayFailure('CHECK_UNKNOWN', { checks });
  throw slipwayFailure('CHECK_FAILED', { count: those.length === 1 ? 'A check' : `${those.length} checks`, checks });
}
