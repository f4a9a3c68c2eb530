import type { CheckResult, LiveResult, WatchResult } from '../../release/check-result';
import type { LiveReading } from '../../release/judge-live';
import type { Check, LiveProbe } from '../../release/project';
import type { AwaitLiveInput, WatchInput } from '../contract';
import type { Attempt, Surroundings } from '../surroundings';
import { awaitLive } from './await-live';
import { checkAll } from './check-all';
import { readLive } from './read-live';
import { watchChecks } from './watch-checks';

/** Everything that is seen and judged of running services. Nothing here changes the world. */
export function createCheckActivities(surroundings: Surroundings) {
  return {
    /** Each check once (with its tries), all at the same time. */
    runChecks: ({ checks }: { readonly checks: readonly Check[] }, attempt: Attempt): Promise<CheckResult[]> =>
      checkAll(checks, surroundings, attempt),

    /** Whether the checks keep passing for the window. */
    watchChecks: (input: WatchInput, attempt: Attempt): Promise<WatchResult> =>
      watchChecks(input, surroundings, attempt),

    /** Whether each service is seen with the expected version. */
    awaitLive: (input: AwaitLiveInput, attempt: Attempt): Promise<LiveResult[]> =>
      awaitLive(input, surroundings, attempt),

    /** What one service says it runs. */
    readLive: (input: { readonly probe: LiveProbe }, attempt: Attempt): Promise<LiveReading> =>
      readLive(input, surroundings, attempt),
  };
}
