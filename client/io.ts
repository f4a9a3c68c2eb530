import { createColors } from 'picocolors';
import type { ErrorReport } from '../release/errors';
import type { Paint } from '../release/paint';
import { clockTime } from '../release/moments';
import type { Look } from '../release/render-state';

/** Where a command runs and speaks. People read lines; with --json, machines read documents on standard output. */
export interface Io {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly json: boolean;
  /** A person can be asked: standard input and output are a terminal, and no --json. */
  readonly canAsk: boolean;
  /** Standard output is a terminal that can be redrawn. */
  readonly canRedraw: boolean;
  readonly look: Look;
  /** For people: to standard output, nothing with --json. */
  say(text: string): void;
  /** For people, beside the point: to standard error, also with --json. */
  remark(text: string): void;
  /** For machines: one JSON document on a line of standard output; nothing without --json. */
  document(value: unknown): void;
  /** An error, for whoever reads. */
  fail(report: ErrorReport, cause?: unknown): void;
}

/** The io of this process. */
export function processIo(json: boolean, env: NodeJS.ProcessEnv = process.env): Io {
  const { stdin, stdout, stderr } = process;
  const canRedraw = stdout.isTTY && !json && env['TERM'] !== 'dumb' && !env['CI'];
  const colours = paintFor(stdout.isTTY && !json, env);
  const errorColours = paintFor(stderr.isTTY, env);
  return {
    env,
    cwd: process.cwd(),
    json,
    canAsk: stdin.isTTY && stdout.isTTY && !json,
    canRedraw,
    look: { paint: colours, clock: stdout.isTTY ? localClock : clockTime },
    say: (text) => void (json || stdout.write(ended(text))),
    remark: (text) => void stderr.write(ended(text)),
    document: (value) => void (json && stdout.write(`${JSON.stringify(value)}\n`)),
    fail: (report, cause) => {
      if (json) stdout.write(`${JSON.stringify({ error: report })}\n`);
      else stderr.write(`${errorColours.red(report.message)}\n${report.todo}\n`);
      if (env['SLIPWAY_DEBUG'] === '1') stderr.write(`${stackOf(cause)}\n`);
    },
  };
}

/** Colours, unless NO_COLOR is set or nobody would see them. */
function paintFor(isTerminal: boolean, env: NodeJS.ProcessEnv): Paint {
  const wanted = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0';
  return createColors(!env['NO_COLOR'] && (wanted || (isTerminal && env['TERM'] !== 'dumb')));
}

/** The time of day where the reader is. */
function localClock(iso: string): string {
  return new Date(iso).toTimeString().slice(0, 8);
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const cause = error.cause ? `\ncaused by ${stackOf(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}

function ended(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
