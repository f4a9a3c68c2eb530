/** The way to Slipway's own database: a small pool, the schema kept up to date, errors by the table. */
import { Pool, type ClientBase, type PoolClient } from 'pg';
import { SlipwayError } from '../../release/errors';
import type { Attempt } from '../surroundings';
import { isTableMissing, ledgerError } from './ledger-errors';
import { migrateLedger } from './migrate-ledger';
import { ledgerMigrations, type LedgerMigration } from './schema';

/** Slipway's own record of releases, in PostgreSQL. */
export interface Ledger {
  /**
   * Runs `action` on a connection of its own, on an up-to-date schema, and returns what it returned. What `action`
   * throws that is no error of the connection is passed on, and a transaction that it left open is rolled back. Fails
   * with LEDGER_MISSING (no address), LEDGER_UNREACHABLE (retryable), LEDGER_DENIED or LEDGER_NEWER; with the signal's
   * reason if that aborts.
   */
  use<T>(attempt: Pick<Attempt, 'signal'>, action: (client: ClientBase) => Promise<T>): Promise<T>;
  /** Ends its connections; only for who ends before its process does. */
  close(): Promise<void>;
}

export interface LedgerOptions {
  /** undefined = there is none: every use fails with LEDGER_MISSING. */
  readonly url: string | undefined;
  readonly redact: (text: string) => string;
  readonly migrations?: readonly LedgerMigration[];
}

/** Milliseconds for a connection, and for one statement: whoever waits for the ledger is told soon that it is away. */
const connectLimit = 3_000;
const statementLimit = 10_000;

/** The ledger at an address. Connects at the first use, so that a worker can start while its ledger is away. */
export function createLedger({ url, redact, migrations = ledgerMigrations }: LedgerOptions): Ledger {
  if (!url) return noLedger('not set on the worker');
  if (!isPostgresUrl(url)) return noLedger('no PostgreSQL address');
  let pool: Pool | undefined;
  let isMigrated: Promise<void> | undefined;

  /** Once per process; a try that failed is not remembered. */
  function upToDate(client: ClientBase): Promise<void> {
    isMigrated ??= migrateLedger(client, migrations).catch((error: unknown) => {
      isMigrated = undefined;
      throw error;
    });
    return isMigrated;
  }

  return {
    async use({ signal }, action) {
      signal.throwIfAborted();
      pool ??= openPool(url);
      let client: PoolClient | undefined;
      const cut = () => client?.connection.stream.destroy();
      signal.addEventListener('abort', cut);
      let problem: unknown;
      try {
        client = await pool.connect();
        signal.throwIfAborted();
        await upToDate(client);
        return await action(client);
      } catch (error) {
        problem = error;
        // Made anew, or restored from before it had tables: the next use brings it up to date again.
        if (isTableMissing(error)) isMigrated = undefined;
        signal.throwIfAborted();
        throw ledgerError(error, redact);
      } finally {
        signal.removeEventListener('abort', cut);
        // After an error nobody knows what is open on it: it is thrown away.
        client?.release(problem !== undefined);
      }
    },
    async close() {
      await pool?.end();
      pool = undefined;
    },
  };
}

/** Whether this is an address that a ledger can have. */
export function isPostgresUrl(url: string): boolean {
  return /^postgres(ql)?:\/\//.test(url) && URL.canParse(url);
}

const lastingCommits = `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`;

function noLedger(problem: string): Ledger {
  return {
    use: () => Promise.reject(new SlipwayError('LEDGER_MISSING', { problem })),
    close: () => Promise.resolve(),
  };
}

function openPool(url: string): Pool {
  const pool = new Pool({
    connectionString: url,
    application_name: 'slipway ledger',
    max: 4,
    idleTimeoutMillis: 10_000,
    connectionTimeoutMillis: connectLimit,
    query_timeout: statementLimit,
    keepAlive: true,
    allowExitOnIdle: true,
  });
  // What we report as written must survive a crash of the server, whatever the database prefers. Before all else on it;
  // on a connection that is lost by then, the statement after this one says so.
  pool.on('connect', (client) => void client.query(lastingCommits).catch(() => undefined));
  // A connection that dies while nobody uses it says so here; the next use opens another.
  pool.on('error', () => undefined);
  // One that dies in use, or is cut, says so itself, besides failing its query: unheard, that would end the worker.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
