import { resolveReferences } from '../../release/env-references';
import { SlipwayError } from '../../release/errors';
import type { ReleaseRef } from '../../release/identity';
import type { MigrationLimits } from '../../release/project';
import type { Attempt, Surroundings } from '../surroundings';
import { openDirect } from './directness';
import { takeMigrationLock } from './migration-lock';
import { ensureOwnSchema } from './own-schema';
import { LostConnection } from './postgres-errors';
import type { Session } from './session';
import { sessionName, type SessionSide } from './session-name';

/** Whose session, to which database, for what. */
export interface MigrationSessionOrder {
  readonly release: ReleaseRef;
  readonly service: string;
  /** May hold `${env:NAME}`. */
  readonly url: string;
  readonly limits: Pick<MigrationLimits, 'lockPatience'>;
  readonly side: SessionSide;
  /** Called with the session each time before the lock is tried: whoever held it may have come back. */
  readonly beforeLock?: (session: Session) => Promise<void>;
}

/** How often a connection may be lost before we say that we could not tell. */
const losses = 5;
/** Milliseconds for which a server that went away is waited for: a restart takes a few seconds. */
const restartPatience = 20_000;

/**
 * Runs `act` in a session that is proven direct, holds the migration lock and has our tables. If the connection is
 * lost, `act` starts over in a new session: it must begin by reading what is so, and then act on that alone. Fails
 * with DATABASE_UNREACHABLE if the connection is lost too often; whether something took effect is then unknown.
 */
export async function withMigrationSession<T>(
  order: MigrationSessionOrder,
  surroundings: Surroundings,
  attempt: Attempt,
  act: (session: Session) => Promise<T>,
): Promise<T> {
  const { service, release, side } = order;
  const url = resolveReferences(order.url, surroundings.lookup, `the database of ${service}`);
  for (let lost = 0; ;) {
    const patience = lost > 0 ? restartPatience : 0;
    const sessionOrder = { service, url, name: sessionName(release.id, side), signal: attempt.signal, patience };
    let session: Session | undefined;
    try {
      session = await openDirect(sessionOrder);
      await takeMigrationLock(session, {
        service,
        patience: order.limits.lockPatience,
        signal: attempt.signal,
        onWait: attempt.progress,
        ...(order.beforeLock ? { beforeTry: order.beforeLock } : {}),
      });
      await ensureOwnSchema(session, service);
      return await act(session);
    } catch (error) {
      if (!(error instanceof LostConnection)) throw error;
      lost++;
      if (lost >= losses) throw new SlipwayError('DATABASE_UNREACHABLE', { service, detail: error.message });
      attempt.progress(`the connection to the database of ${service} was lost (${error.message}); looking again`);
    } finally {
      await session?.close();
    }
  }
}
