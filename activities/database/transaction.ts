import type { MigrationLimits } from '../../release/project';
import { SlipwayError } from '../../release/errors';
import { formatDuration } from '../../release/durations';
import { sleep } from '../sleep';
import { isConflict, LostConnection, messageOf } from './postgres-errors';
import type { Session } from './session';

/** What a transaction is tried with. */
export interface TransactionTerms {
  readonly service: string;
  /** Of the migration, for people. */
  readonly name: string;
  readonly limits: MigrationLimits;
  readonly signal: AbortSignal;
  readonly onWait: (text: string) => void;
}

/**
 * Runs `body` in a transaction, and again while it only fails for want of a lock, up to `limits.lockPatience`. A short
 * lock timeout with many tries lets readers and writers pass that would otherwise queue behind us. Each try's
 * transaction was rolled back before the next. Fails with MIGRATION_LOCKED when the patience ends; any other error of
 * `body` is passed on after a rollback.
 */
export async function withLockRetries<T>(
  session: Session,
  terms: TransactionTerms,
  body: () => Promise<T>,
): Promise<T> {
  const start = Date.now();
  for (let tries = 1; ; tries++) {
    try {
      return await body();
    } catch (error) {
      if (!(error instanceof LostConnection) && !terms.signal.aborted) await rollBack(session);
      if (!isConflict(error)) throw error;
      const waited = Date.now() - start;
      const blocker = await oldestTransaction(session);
      if (waited >= terms.limits.lockPatience) {
        const { service, name, limits } = terms;
        const detail = `${messageOf(error)}; ${blocker}`;
        throw new SlipwayError('MIGRATION_LOCKED', {
          service,
          name,
          limit: formatDuration(limits.lockPatience),
          detail,
        });
      }
      terms.onWait(`waiting for locks ${Math.round(waited / 1000)} s, try ${tries}: ${blocker}`);
      await sleep(Math.min(500, 25 * 2 ** tries) * (0.5 + Math.random() / 2), terms.signal);
    }
  }
}

/** Opens a transaction with the limits, and returns its id. */
export async function begin(session: Session, limits: MigrationLimits): Promise<string> {
  const results = await session.script(
    `BEGIN ISOLATION LEVEL READ COMMITTED;
     SET LOCAL lock_timeout = ${Math.max(1, Math.round(limits.lockTimeout))};
     SET LOCAL statement_timeout = ${Math.round(limits.statementTimeout)};
     SELECT pg_current_xact_id()::text AS xid`,
  );
  return (results.at(-1)?.rows[0] as { xid: string }).xid;
}

/** Fails with MIGRATION_COMMITS if the transaction `xid` is no longer the one that is open. */
export async function assertStillOpen(
  session: Session,
  { service, name }: Pick<TransactionTerms, 'service' | 'name'>,
  xid: string,
): Promise<void> {
  const now = await session.one<{ xid: string | null }>('SELECT pg_current_xact_id_if_assigned()::text AS xid');
  if (now.xid !== xid) throw new SlipwayError('MIGRATION_COMMITS', { service, name });
}

/** Ends the open transaction, if there is one, keeping nothing of it. */
export async function rollBack(session: Session): Promise<void> {
  try {
    await session.query('ROLLBACK');
  } catch (error) {
    // The server rolls back by itself what a lost session had open.
    if (!(error instanceof LostConnection)) throw error;
  }
}

/** The most likely reason for waiting, for people. */
async function oldestTransaction(session: Session): Promise<string> {
  const { rows } = await session.query<{ pid: number; name: string; state: string; seconds: number }>(
    `SELECT pid, application_name AS name, state, extract(epoch FROM now() - xact_start)::int AS seconds
     FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
     ORDER BY xact_start LIMIT 1`,
  );
  const [oldest] = rows;
  if (!oldest) return 'no other transaction is open now';
  const who = oldest.name ? `${oldest.name}, process ${oldest.pid}` : `process ${oldest.pid}`;
  return `the oldest other transaction is that of ${who}, ${oldest.state} for ${oldest.seconds} s`;
}
