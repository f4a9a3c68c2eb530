import type { Temporal } from './connect';
import { exitCodes, type ExitCode } from './exit-codes';
import { interruptible } from './interruption';
import type { Invocation } from './invocation';
import type { RollbackAnswer } from './request-rollback';
import { remarkView, viewFor } from './views';
import { watchRelease, type WatchEnd } from './watch-release';

/** Watches a release that goes back, until it has ended or somebody stops watching. */
export function followRollback({ io }: Invocation, temporal: Temporal, id: string): Promise<WatchEnd> {
  return interruptible((controller) =>
    watchRelease({ io, temporal, id, view: io.json ? remarkView(io) : viewFor(io), signal: controller.signal }),
  );
}

/** Says what came of it; 0: what was to be live is. */
export function sayRollback(
  { io }: Invocation,
  environment: string,
  answer: Extract<RollbackAnswer, { releaseId: string }>,
  { code, result }: WatchEnd,
): ExitCode {
  io.document({ environment, ...answer, outcome: result?.outcome ?? null, result: result ?? null });
  if (!result) return code;
  // What was told to go back has done what was asked for when it is back.
  if (answer.how === 'told') return result.outcome === 'finished' || result.drift.length > 0 ? code : exitCodes.ok;
  if (result.failure?.code !== 'ALREADY_LIVE') return code;
  io.say('It runs already: nothing was done.');
  return exitCodes.ok;
}
