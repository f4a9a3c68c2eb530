import { Client, type QueryResult, type QueryResultRow } from 'pg';
import { SlipwayError } from '../../release/errors';
import { sleep } from '../sleep';
import { connectError, LostConnection, queryError } from './postgres-errors';

/** How a session is opened. */
export interface SessionOrder {
  readonly service: string;
  /** The address itself, references resolved. */
  readonly url: string;
  /** Its application_name. */
  readonly name: string;
  /** Cuts the connection when it aborts: the server then rolls back what was open. */
  readonly signal: AbortSignal;
  /** Milliseconds for which a server that does not answer is tried again; 0 unless told. */
  readonly patience?: number;
}

/**
 * What limits a session whose client is gone or stopped. The server looks every 500 ms whether a client is still
 * there, also in the middle of a statement; and it ends the session of one that is there but does nothing, so that
 * nobody waits for long for the locks of a stopped worker.
 */
const sessionSettings = `
  SET statement_timeout = '30s';
  SET lock_timeout = 0;
  SET idle_in_transaction_session_timeout = '5s';
  SET idle_session_timeout = '5s';
  -- What we report as committed must survive a crash of the server, whatever the database prefers.
  SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`;
const checkInterval = `SET client_connection_check_interval = '500ms'`;

/** One connection to a service's database. */
export class Session {
  private over = false;

  private constructor(
    private readonly client: Client,
    private readonly signal: AbortSignal,
    /** The server process that the server itself named at login; a pooler makes one up. */
    readonly claimedPid: number | null,
  ) {}

  /** Connects, without limits yet. Fails with DATABASE_URL_INVALID, DATABASE_UNREACHABLE or DATABASE_DENIED. */
  static async open(order: SessionOrder): Promise<Session> {
    if (!isPostgresUrl(order.url)) throw new SlipwayError('DATABASE_URL_INVALID', { service: order.service });
    const deadline = Date.now() + (order.patience ?? 0);
    for (;;) {
      order.signal.throwIfAborted();
      try {
        return await connect(order, (client, pid) => new Session(client, order.signal, pid));
      } catch (error) {
        order.signal.throwIfAborted();
        const translated = connectError(order.service, error);
        if (translated.code !== 'DATABASE_UNREACHABLE' || Date.now() >= deadline) throw translated;
        await sleep(200, order.signal);
      }
    }
  }

  /** Sets the session's limits. Only for a session that is proven direct: through a pooler they would hit others. */
  async limit(): Promise<void> {
    await this.script(sessionSettings);
    try {
      await this.script(checkInterval);
    } catch (error) {
      // Not known before PostgreSQL 14, nor where the system cannot tell whether a client is still there.
      if (error instanceof LostConnection) throw error;
    }
  }

  /** Runs one statement. Throws the server's error, `LostConnection`, or the signal's reason. */
  async query<R extends QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<QueryResult<R>> {
    return this.guarded(() => this.client.query<R>(text, [...values]));
  }

  /** The only row of a statement that always has one. */
  async one<R extends QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<R> {
    const { rows } = await this.query<R>(text, values);
    if (rows.length !== 1) throw new SlipwayError('INTERNAL', { detail: `${rows.length} rows instead of one` });
    return rows[0] as R;
  }

  /** Runs any number of statements in one round trip. `onComplete` is called as each of them has completed. */
  async script(text: string, onComplete: () => void = () => undefined): Promise<QueryResult[]> {
    this.client.connection.on('commandComplete', onComplete);
    try {
      const results = await this.guarded(() => this.client.query(text));
      return Array.isArray(results) ? (results as QueryResult[]) : [results];
    } finally {
      this.client.connection.off('commandComplete', onComplete);
    }
  }

  /** Ends the session, waiting at most one second for a polite end. Never fails. */
  async close(): Promise<void> {
    this.over = true;
    this.signal.removeEventListener('abort', this.cut);
    const timer = setTimeout(this.cut, 1000);
    await this.client.end().catch(() => undefined);
    clearTimeout(timer);
  }

  readonly cut = (): void => {
    this.client.connection.stream.destroy();
  };

  private async guarded<T>(run: () => Promise<T>): Promise<T> {
    this.signal.throwIfAborted();
    if (this.over) throw new SlipwayError('INTERNAL', { detail: 'a closed session was used' });
    try {
      return await run();
    } catch (error) {
      this.signal.throwIfAborted();
      throw queryError(error);
    }
  }
}

async function connect(order: SessionOrder, make: (client: Client, pid: number | null) => Session): Promise<Session> {
  const client = new Client({
    connectionString: order.url,
    application_name: order.name,
    fallback_application_name: order.name,
    connectionTimeoutMillis: 5000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5000,
  });
  // A connection that dies between two queries says so here; the next query then fails.
  client.on('error', () => undefined);
  const giveUp = () => client.connection.stream.destroy();
  order.signal.addEventListener('abort', giveUp, { once: true });
  let session: Session | undefined;
  try {
    await client.connect();
    const { processID } = client as unknown as { processID: number | null };
    session = make(client, processID);
    order.signal.addEventListener('abort', session.cut, { once: true });
    return session;
  } catch (error) {
    client.connection.stream.destroy();
    throw error;
  } finally {
    order.signal.removeEventListener('abort', giveUp);
  }
}

function isPostgresUrl(url: string): boolean {
  return /^postgres(ql)?:\/\//.test(url) && URL.canParse(url);
}
