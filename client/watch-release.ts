import type { ReleaseResult, ReleaseState } from '../release/state';
import type { Temporal } from './connect';
import { exitCodeOfOutcome, exitCodes, type ExitCode } from './exit-codes';
import { followRelease } from './follow-release';
import type { Io } from './io';
import type { View } from './views';

/** A watch of one release. */
export interface Watch {
  readonly io: Io;
  readonly temporal: Temporal;
  readonly id: string;
  readonly view: View;
  /** Ends the watch; the release goes on. */
  readonly signal: AbortSignal;
  /** Called with every state; the watch waits for it. */
  readonly each?: (state: ReleaseState) => Promise<void>;
}

/** How a watch ended. */
export interface WatchEnd {
  readonly code: ExitCode;
  /** Absent if the release still runs. */
  readonly result?: ReleaseResult;
}

/**
 * Watches a release until it has ended, `signal` is aborted, or it needs a person and there is none to ask.
 * The release itself is never disturbed. Fails with RELEASE_UNKNOWN or RELEASE_TERMINATED.
 */
export async function watchRelease({ io, temporal, id, view, signal, each }: Watch): Promise<WatchEnd> {
  for await (const sighting of followRelease(temporal.client, id, { signal })) {
    view.show(sighting);
    if (sighting.saw === 'end') return { code: exitCodeOfOutcome(sighting.result.outcome), result: sighting.result };
    if (sighting.saw !== 'state') continue;
    await each?.(sighting.state);
    if (sighting.state.attention && !io.canAsk) {
      io.remark(`Release ${id} waits for a person: see \`slipway status ${id}\`, then \`slipway resolve\`.`);
      return { code: exitCodes.needsAttention };
    }
  }
  view.hide();
  io.remark(`Stopped watching. The release goes on; come back with \`slipway watch ${id}\`.`);
  return { code: exitCodes.interrupted };
}
