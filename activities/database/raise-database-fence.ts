import { releaseKey, type ReleaseRef } from '../../release/identity';
import type { Attempt, Surroundings } from '../surroundings';
import { writeFence } from './migration-table';
import { withMigrationSession } from './migration-session';
import { sqlState } from './postgres-errors';
import type { Session } from './session';
import { sessionPrefix } from './session-name';

export interface RaiseOrder {
  readonly release: ReleaseRef;
  readonly databases: readonly {
    readonly service: string;
    /** May hold `${env:NAME}`. */
    readonly url: string;
  }[];
}

/** Milliseconds for which a migration that still runs is waited for, before we say that we could not tell. */
const patience = 60_000;

/**
 * After it has returned, no forward migration of this release can commit in these databases. Sessions of its earlier
 * attempts, orphans of a killed worker among them, are ended where that is allowed and waited for where it is not:
 * we take the lock that they hold. Fails with DATABASE_BUSY, or as a login does; then nothing is known, and it must be
 * tried again.
 */
export async function raiseDatabaseFences(
  { release, databases }: RaiseOrder,
  surroundings: Surroundings,
  attempt: Attempt,
): Promise<void> {
  for (const { service, url } of databases) {
    const order = {
      ...{ release, service, url, limits: { lockPatience: patience }, side: 'raise' as const },
      beforeLock: (session: Session) => endForwardSessions(session, release),
    };
    await withMigrationSession(order, surroundings, attempt, async (session) => {
      await surroundings.reach('database-fence:before');
      await writeFence(session, {
        releaseId: releaseKey(release),
        environment: release.environment,
        reason: 'rollback',
      });
      await surroundings.reach('database-fence:after');
    });
  }
}

async function endForwardSessions(session: Session, release: ReleaseRef): Promise<void> {
  try {
    await session.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND starts_with(application_name, $1)`,
      [sessionPrefix(release.id, 'forward')],
    );
  } catch (error) {
    // Sessions of another role: they end by their own limits.
    if (sqlState(error) !== '42501') throw error;
  }
}
