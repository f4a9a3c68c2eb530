import { type Look, type Versions, unknown } from '../../release/doctor';
import { errorTable, SlipwayError, type ErrorReport } from '../../release/errors';
import type { Environment, Project, Service } from '../../release/project';
import { messageOf } from '../database/postgres-errors';
import type { Attempt, Surroundings } from '../surroundings';

/** What an examination is about, and what it has of the world. */
export interface Patient {
  readonly project: Project;
  readonly environment: Environment;
  /** In the order of their names in slipway.yaml. */
  readonly services: readonly Service[];
  /** Whether pushes that cannot succeed may be sent, to hear what the remote's rules say. */
  readonly rehearse: boolean;
  /** What time it was on the Temporal server: ISO 8601. */
  readonly askedAt: string;
  readonly client: Versions;
  readonly surroundings: Surroundings;
  readonly attempt: Attempt;
}

/** Looks at one area, changing nothing. What it throws is told as a line that could not be examined. */
export type Examiner = (patient: Patient) => Promise<readonly Look[]>;

/** Milliseconds for one look, unless told. */
const usualLimit = 20_000;

/**
 * Looks with a limit of its own, so that what hangs hides nothing else: an end without an answer, whatever it is, is a
 * line that says so. Throws only the attempt's reason, when that aborts.
 */
export async function bounded(
  name: string,
  { attempt, surroundings }: Pick<Patient, 'attempt' | 'surroundings'>,
  look: (attempt: Attempt) => Promise<readonly Look[]>,
  limit: number = usualLimit,
): Promise<readonly Look[]> {
  const deadline = AbortSignal.timeout(limit);
  const signal = AbortSignal.any([attempt.signal, deadline]);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([look({ ...attempt, signal }), late]);
  } catch (error) {
    attempt.signal.throwIfAborted();
    if (deadline.aborted) {
      const words = `no answer within ${limit / 1_000} s`;
      return [unknown(name, words, 'Find out what hangs: from the host of the worker, with the same address.')];
    }
    return [lookOfError(name, error, surroundings.redact)];
  }
}

/** An error as a line: of the table by its kind; any other could not be told. */
export function lookOfError(name: string, error: unknown, redact: (text: string) => string): Look {
  if (!(error instanceof SlipwayError)) {
    return unknown(name, redact(messageOf(error)), 'See the log of the worker.');
  }
  return lookOfReport(name, error.report, redact);
}

/** A report of an error as a line. */
export function lookOfReport(
  name: string,
  { code, message, todo }: ErrorReport,
  redact: (text: string) => string = (text) => text,
): Look {
  const { kind } = errorTable[code];
  const verdict = kind === 'unknown' || kind === 'bug' ? 'unknown' : 'failed';
  const isOurs = todo === errorTable[code].todo;
  return { name, verdict, detail: redact(message), todo: isOurs ? todo : redact(todo) };
}
