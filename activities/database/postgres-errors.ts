import { DatabaseError } from 'pg';
import { SlipwayError } from '../../release/errors';

/**
 * The connection went away while something was under way: whether that took effect cannot be told from here. A new
 * session that holds the lock reads the answer from the migration table.
 */
export class LostConnection extends Error {
  override readonly name = 'LostConnection';
}

/** The SQLSTATE of a server's error; undefined if it is none. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof DatabaseError ? error.code : undefined;
}

/** A lock or a serialisation conflict: nothing was kept, and another try may well succeed. */
export function isConflict(error: unknown): boolean {
  return ['55P03', '40P01', '40001'].includes(sqlState(error) ?? '');
}

/** Ended by the statement's time limit (or by hand). */
export function isCancelled(error: unknown): boolean {
  return sqlState(error) === '57014';
}

/** An error of a query: the server's own, or a lost connection if the session is over with it. */
export function queryError(error: unknown): unknown {
  const state = sqlState(error);
  if (state === undefined) return new LostConnection(messageOf(error));
  // Shut down, crashed, or the session was ended by a limit, by an administrator or by our own fence.
  return /^(08|57P0|25P03$)/.test(state) ? new LostConnection(messageOf(error)) : error;
}

/** An error of a login, by the table. */
export function connectError(service: string, error: unknown): SlipwayError {
  const detail = messageOf(error);
  const denied = /^(28|3D000|42501)/.test(sqlState(error) ?? '');
  return new SlipwayError(denied ? 'DATABASE_DENIED' : 'DATABASE_UNREACHABLE', { service, detail });
}

/** What the server or the driver said, with the SQLSTATE if there is one. */
export function messageOf(error: unknown): string {
  const state = sqlState(error);
  const text = textOf(error);
  return state === undefined ? text : `${text} (SQLSTATE ${state})`;
}

/** By shape, not by class: errors of Node's own parts may come from another realm. */
function textOf(error: unknown): string {
  const { message, name, errors } = (error ?? {}) as { message?: string; name?: string; errors?: unknown };
  // Several addresses of one host refused: Node's own message is then empty.
  if (Array.isArray(errors)) return errors.map(textOf).join('; ');
  return message || name || String(error);
}
