import { SlipwayError } from '../../release/errors';
import { messageOf, sqlState } from '../database/postgres-errors';

/** An error of the ledger's connection or server, by the table, masked; any other error as it is. */
export function ledgerError(error: unknown, redact: (text: string) => string): unknown {
  if (error instanceof SlipwayError) return error;
  const state = sqlState(error);
  const detail = redact(messageOf(error));
  // No login, no such database, no right, a read-only server.
  if (/^(28|3D000|42501|25006)/.test(state ?? ''))
    return new SlipwayError('LEDGER_DENIED', { detail }, { cause: error });
  if (isTableMissing(error)) return new SlipwayError('LEDGER_UNREACHABLE', { detail }, { cause: error });
  // Connection, shutting down, no room (connections, disk), a lock or a statement that took too long, a conflict.
  if (state !== undefined && !/^(08|57|53|58|55P03|40)/.test(state)) return error;
  if (state === undefined && !isOfTheConnection(error)) return error;
  return new SlipwayError('LEDGER_UNREACHABLE', { detail }, { cause: error });
}

/** Whether the server says that a table or a schema is not there. */
export function isTableMissing(error: unknown): boolean {
  return ['42P01', '3F000'].includes(sqlState(error) ?? '');
}

/** By shape: Node's errors have a code of a system call, the driver's have only these words. */
function isOfTheConnection(error: unknown): boolean {
  const { code, errors, message } = (error ?? {}) as { code?: unknown; errors?: unknown; message?: unknown };
  if (typeof code === 'string' && /^E[A-Z]|^(CERT|DEPTH|SELF|UNABLE|HOSTNAME|ERR_TLS|ERR_SSL)/.test(code)) return true;
  return Array.isArray(errors) || (typeof message === 'string' && drivers.test(message));
}

const drivers =
  /connection|terminated|timeout|timed out|not queryable|Client has encountered|SSL|SASL|socket|no pg_hba|Cannot use a pool/i;
