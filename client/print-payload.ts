/** What `--print-payload` prints, for every command that has it. */
import { exitCodes, type ExitCode } from './exit-codes';
import type { Io } from './io';

/** A message as it can be sent from the Web UI. */
export interface MessageByHand {
  /** The workflow that it goes to. */
  readonly to: string;
  readonly signal: string;
  readonly payload: object;
  readonly isSigned: boolean;
  /** What `--json` says besides: what the message is about. */
  readonly about: Readonly<Record<string, unknown>>;
}

/** Prints the payload alone on the standard output, and beside it where it goes and how long its signature counts. */
export function printPayload(io: Io, { to, signal, payload, isSigned, about }: MessageByHand): ExitCode {
  io.document({ ...about, kind: signal, payload });
  io.say(JSON.stringify(payload, null, 2));
  io.remark(`Send it to ${to} as the signal "${signal}"${isSigned ? ' within 15 minutes' : ''}.`);
  return exitCodes.ok;
}
