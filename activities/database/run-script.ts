import { DatabaseError } from 'pg';
import { SlipwayError, type ErrorCode } from '../../release/errors';
import { isConflict, LostConnection, messageOf, sqlState } from './postgres-errors';
import { prepareScript, type PreparedScript } from './prepare-script';
import type { Session } from './session';
import { indexOfCharacter, positionAt } from './source-position';

/** A script and what it is called, for errors. */
export interface NamedScript {
  readonly service: string;
  readonly name: string;
  /** MIGRATION_FAILED or MIGRATION_UNDO_FAILED. */
  readonly failure: Extract<ErrorCode, 'MIGRATION_FAILED' | 'MIGRATION_UNDO_FAILED'>;
}

/** The script ready to run. Fails with MIGRATION_INVALID, though the survey has looked before. */
export async function readyScript(text: string, { service, name }: NamedScript): Promise<PreparedScript> {
  const { script, faults } = await prepareScript(text);
  if (script) return script;
  const problems = faults.map(({ line, column, message }) => `  ${name}:${line}:${column}: ${message}`).join('\n');
  const count = faults.length === 1 ? '1 problem' : `${faults.length} problems`;
  throw new SlipwayError('MIGRATION_INVALID', { service, count, problems });
}

/**
 * Runs a prepared script inside the open transaction, in one round trip. Fails with the named failure, at the line
 * that the server complains about; conflicts over locks and lost connections are passed on as they are.
 */
export async function runPrepared(session: Session, script: PreparedScript, named: NamedScript): Promise<void> {
  let completed = 0;
  try {
    await session.script(script.runnable, () => completed++);
  } catch (error) {
    throw scriptError(error, named, lineOf(error, script, completed));
  }
}

/** As `runPrepared` fails; for errors that come only at COMMIT, such as those of deferred constraints. */
export function scriptError(error: unknown, named: NamedScript, line: number): unknown {
  if (error instanceof LostConnection || sqlState(error) === undefined || isConflict(error)) return error;
  const { service, name, failure } = named;
  const detail = messageOf(error);
  return failure === 'MIGRATION_FAILED'
    ? new SlipwayError(failure, { service, name, line, detail })
    : new SlipwayError(failure, { service, name, line, detail: `line ${line}: ${detail}` });
}

/** The server names a position for some errors only; for others it is the statement that had not completed. */
function lineOf(error: unknown, { runnable, statements }: PreparedScript, completed: number): number {
  const position = error instanceof DatabaseError ? Number(error.position) : NaN;
  if (position > 0) return positionAt(runnable, indexOfCharacter(runnable, position - 1)).line;
  return statements[completed]?.line ?? 1;
}
