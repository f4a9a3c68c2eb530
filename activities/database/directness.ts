import { randomInt } from 'node:crypto';
import { SlipwayError } from '../../release/errors';
import { Session, type SessionOrder } from './session';

/** First half of the keys of all our advisory locks: "slip" as a number. */
export const lockSpace = 0x736c6970;

/**
 * Connects and sets the limits, once the session is proven to be one session of the server, so that its lock and its
 * settings last and hit nobody else. Fails with DATABASE_POOLED if a transaction pooler stands between, and as
 * `Session.open` does.
 */
export async function openDirect(order: SessionOrder): Promise<Session> {
  const session = await Session.open(order);
  try {
    await proveDirect(session, order);
    await session.limit();
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}

/**
 * That the same server process answers several times is not enough, since an idle pooler keeps giving out the same
 * one. So if the process is not the one that was named at login, a second connection takes a server process away for
 * the length of a transaction: through a pooler it gets ours.
 */
async function proveDirect(session: Session, order: SessionOrder): Promise<void> {
  const pid = await backendPid(session);
  if (session.claimedPid !== pid) await provokePooler(session, order, pid);
  const key = randomInt(1 << 30, 2 ** 31 - 1);
  await session.query('SELECT pg_try_advisory_lock($1, $2)', [lockSpace, key]);
  const held = await session.one<{ pid: number; visible: boolean }>(
    `SELECT pg_backend_pid() AS pid, EXISTS (
       SELECT FROM pg_locks
       WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND classid::bigint = $1 AND objid::bigint = $2 AND granted
     ) AS visible`,
    [lockSpace, key],
  );
  if (held.pid !== pid || !held.visible) throw pooled(order, 'a lock did not stay with the session that took it');
  await session.query('SELECT pg_advisory_unlock($1, $2)', [lockSpace, key]);
  if ((await backendPid(session)) !== pid) throw pooled(order, 'several server processes answered one connection');
}

async function provokePooler(session: Session, order: SessionOrder, pid: number): Promise<void> {
  const other = await Session.open(order);
  try {
    await other.query('BEGIN');
    const taken = await backendPid(other);
    if (taken === pid) throw pooled(order, 'two connections were given the same server process');
    if ((await backendPid(session)) !== pid) throw pooled(order, 'several server processes answered one connection');
    await other.query('ROLLBACK');
  } finally {
    await other.close();
  }
}

async function backendPid(session: Session): Promise<number> {
  return (await session.one<{ pid: number }>('SELECT pg_backend_pid() AS pid')).pid;
}

function pooled({ service }: SessionOrder, detail: string): SlipwayError {
  return new SlipwayError('DATABASE_POOLED', { service, detail });
}
