import { formatDuration } from '../../release/durations';
import { SlipwayError } from '../../release/errors';
import { sleep } from '../sleep';
import { lockSpace } from './directness';
import type { Session } from './session';

/** Second half of the key: the one lock of a database. */
const migrationKey = 1;

/** How long, and for whom, the lock is waited for. */
export interface LockWait {
  readonly service: string;
  /** Milliseconds. */
  readonly patience: number;
  readonly signal: AbortSignal;
  /** Called while it is waited for. */
  readonly onWait: (text: string) => void;
  readonly beforeTry?: (session: Session) => Promise<void>;
}

/**
 * Takes the lock that lets one session at a time change a database's schema. It is polled, and slept for in the
 * client: a session that waits inside the server would deadlock with a concurrent index build. Fails with
 * DATABASE_BUSY when the patience ends.
 */
export async function takeMigrationLock(session: Session, wait: LockWait): Promise<void> {
  const start = Date.now();
  for (let tries = 0; ; tries++) {
    await wait.beforeTry?.(session);
    const { taken } = await session.one<{ taken: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS taken', [
      lockSpace,
      migrationKey,
    ]);
    if (taken) return;
    const waited = Date.now() - start;
    const holder = await lockHolder(session);
    if (waited >= wait.patience) {
      const { service, patience } = wait;
      throw new SlipwayError('DATABASE_BUSY', { service, holder, limit: formatDuration(patience) });
    }
    wait.onWait(`waiting for the database's lock ${Math.round(waited / 1000)} s, held by ${holder}`);
    await sleep(Math.min(250, 20 * 2 ** tries) * (0.5 + Math.random() / 2), wait.signal);
  }
}

/** Who holds the lock, for people. */
async function lockHolder(session: Session): Promise<string> {
  const { rows } = await session.query<{ name: string; pid: number }>(
    `SELECT a.application_name AS name, a.pid
     FROM pg_locks l JOIN pg_stat_activity a USING (pid)
     WHERE l.locktype = 'advisory' AND l.granted AND l.classid::bigint = $1 AND l.objid::bigint = $2
       AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    [lockSpace, migrationKey],
  );
  const [holder] = rows;
  return holder ? `${holder.name || 'a session without a name'} (process ${holder.pid})` : 'a session that just ended';
}
