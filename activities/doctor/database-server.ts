import { statfs } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fail, pass, warn, type Look } from '../../release/doctor';
import { judgeSpace, sizeWords } from '../../release/judge-doctor';
import type { Session } from '../database/session';

interface Server {
  readonly number: number;
  readonly version: string;
  readonly replica: boolean;
  readonly readonly: boolean;
  readonly encrypted: boolean;
  readonly size: string;
  readonly free: number;
  readonly data: string | null;
}

/** The server itself: whether it can be written, and what stands in the way of a migration right now. */
export async function lookAtServer(service: string, session: Session, url: string): Promise<Look[]> {
  const server = await session.one<Server>(
    `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version,
       pg_is_in_recovery() AS replica, current_setting('default_transaction_read_only')::bool AS readonly,
       coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS encrypted,
       pg_database_size(current_database())::text AS size,
       current_setting('max_connections')::int - (SELECT count(*)::int FROM pg_stat_activity) AS free,
       CASE WHEN pg_has_role(current_user, 'pg_read_all_settings', 'USAGE')
         THEN current_setting('data_directory') END AS data`,
  );
  return [
    versionLook(service, server),
    writable(service, server),
    encryption(service, server, url),
    ...(server.free < 5 ? [crowded(service, server.free)] : []),
    ...(await oldTransactions(service, session)),
    ...(await freeSpace(service, server, url)),
  ];
}

function versionLook(service: string, { number, version, size }: Server): Look {
  const name = `${service}: server`;
  const words = `PostgreSQL ${version}, ${sizeWords(Number(size))}`;
  if (number < 130_000) return fail(name, `${words}: too old`, 'Use PostgreSQL 13 or newer.');
  if (number >= 140_000) return pass(name, words);
  return warn(
    name,
    `${words}: it does not notice that a client is gone, so a killed worker's migration holds its locks until its end`,
    'Use PostgreSQL 14 or newer (client_connection_check_interval).',
  );
}

function writable(service: string, { replica, readonly }: Server): Look {
  const name = `${service}: writing`;
  if (replica) return fail(name, 'this is a replica', 'Give the address of the primary server: migrations need it.');
  if (!readonly) return pass(name, 'this is the primary server, and it is not read-only');
  return fail(
    name,
    'it is read-only (default_transaction_read_only is on)',
    'Turn that off for this user or database: ALTER ROLE … SET default_transaction_read_only = off.',
  );
}

function encryption(service: string, { encrypted }: Server, url: string): Look {
  const name = `${service}: encryption`;
  if (encrypted) return pass(name, 'the connection is encrypted');
  if (isNear(url)) return pass(name, 'not encrypted, and does not leave this host');
  const todo = 'Add sslmode=require (better: verify-full) to the address.';
  return warn(name, 'password and data cross the network in the clear', todo);
}

function crowded(service: string, free: number): Look {
  const todo = 'Raise max_connections, or let others use fewer: a migration needs up to three.';
  return warn(`${service}: connections`, `${Math.max(0, free)} are free`, todo);
}

/** Minutes that a transaction may have been open before it is told. */
const longOpen = 5;

/**
 * Transactions open for more than `minutes`: whoever holds a lock for long keeps a migration from its own. Without the
 * role pg_read_all_stats only the user's own sessions are seen.
 */
export async function oldTransactions(service: string, session: Session, minutes = longOpen): Promise<Look[]> {
  const { rows } = await session.query<{ pid: number; usename: string; state: string; minutes: number }>(
    `SELECT pid, coalesce(usename, '?') AS usename, coalesce(state, '?') AS state,
       (extract(epoch FROM now() - xact_start) / 60)::int AS minutes
     FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start < now() - make_interval(mins => $1)
     ORDER BY xact_start LIMIT 3`,
    [minutes],
  );
  return rows.map(({ pid, usename, state, minutes: open }) =>
    warn(
      `${service}: transaction ${pid}`,
      `open for ${open} min (${usename}, ${state}): a migration waits in vain for locks that it holds`,
      `End it if nobody needs it: SELECT pg_terminate_backend(${pid}).`,
      'long-transactions',
    ),
  );
}

/** Told only by a server on this very host, to a user who may know where its data are. */
async function freeSpace(service: string, { data }: Server, url: string): Promise<Look[]> {
  if (data === null || !isNear(url) || !existsSync(join(data, 'PG_VERSION'))) return [];
  const { bavail, bsize } = await statfs(data);
  const { verdict, detail } = judgeSpace(data, bavail * bsize);
  const name = `${service}: free space`;
  if (verdict === 'passed') return [pass(name, detail)];
  return [
    { name, verdict, detail, todo: 'Make room on the disk of the database: a migration may write a table anew.' },
  ];
}

function isNear(url: string): boolean {
  const { hostname, searchParams } = new URL(url);
  const host = searchParams.get('host') ?? hostname;
  return host === '' || host.startsWith('/') || ['localhost', '127.0.0.1', '[::1]', '::1'].includes(host);
}
