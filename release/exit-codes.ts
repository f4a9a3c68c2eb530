import { errorTable, type ErrorCode, type ErrorKind } from './errors';
import type { Outcome } from './phase';

/** Exit codes of `slipway` and of its worker, the one table (docs/cli.md): scripts may match on them. */
export const exitCodes = {
  /** Done; a release that was watched is live. */
  ok: 0,
  /** The release did not go live: rolled back, stopped, cancelled or abandoned. */
  notReleased: 1,
  /** What was written or asked for is wrong; nothing was changed. */
  badInput: 2,
  /** A rule, a person or the world said no. */
  refused: 3,
  /** Could not tell, or something could not be reached. */
  couldNotTell: 4,
  /** The release waits for a person to decide. */
  needsAttention: 5,
  /** A mistake in Slipway. */
  bug: 70,
  /** Ended by Ctrl-C or a signal; a release goes on. */
  interrupted: 130,
} as const;

/** One of the table. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const byKind: Readonly<Record<ErrorKind, ExitCode>> = {
  input: exitCodes.badInput,
  refused: exitCodes.refused,
  conflict: exitCodes.refused,
  unknown: exitCodes.couldNotTell,
  bug: exitCodes.bug,
};

const byOutcome: Readonly<Record<Outcome, ExitCode>> = {
  finished: exitCodes.ok,
  'rolled back': exitCodes.notReleased,
  stopped: exitCodes.notReleased,
  cancelled: exitCodes.notReleased,
  abandoned: exitCodes.notReleased,
  rejected: exitCodes.refused,
};

/** The exit code of an error. */
export function exitCodeOfError(code: ErrorCode): ExitCode {
  return code === 'RELEASE_TERMINATED' ? exitCodes.needsAttention : byKind[errorTable[code].kind];
}

/** The exit code of a release's end. */
export function exitCodeOfOutcome(outcome: Outcome): ExitCode {
  return byOutcome[outcome];
}
