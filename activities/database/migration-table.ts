import { SlipwayError } from '../../release/errors';
import type { MigrationRow } from '../../release/migration';
import type { Session } from './session';

/** A row as the engine needs it. */
export interface TableRow extends MigrationRow {
  readonly downChecksum: string | null;
  readonly xid: string | null;
}

/** All rows by name. */
export async function readRows(session: Session): Promise<Map<string, TableRow>> {
  const { rows } = await session.query<TableRow & { name: string }>(
    `SELECT name, checksum, state, release_id AS "releaseId", down_checksum AS "downChecksum", xid::text AS xid
     FROM slipway.migration`,
  );
  return new Map(rows.map((row) => [row.name, row]));
}

/** What is written when a migration has run. */
export interface AppliedRecord {
  readonly service: string;
  readonly name: string;
  readonly checksum: string;
  readonly downChecksum: string;
  readonly statements: number;
  readonly releaseId: string;
  readonly approvedBy: string;
  readonly backupId: string | null;
}

/**
 * Records a migration in its own transaction. Fails with FENCED if this release is being rolled back.
 *
 * The lock on the fence table is held until the commit: a fence that is not seen here can only be raised after it.
 * The migration lock says the same, but a script might give that back behind our back.
 */
export async function recordApplied(session: Session, record: AppliedRecord): Promise<void> {
  await session.script('RESET ROLE; LOCK TABLE slipway.fence IN SHARE MODE');
  const { rowCount } = await session.query(
    `INSERT INTO slipway.migration AS row
       (name, checksum, down_checksum, state, step, steps, release_id, approved_by, backup_id, xid, started_at, applied_at)
     SELECT $1, $2, $3, 'applied', $4, $4, $5, $6, $7, pg_current_xact_id(), now(), clock_timestamp()
     WHERE NOT EXISTS (SELECT FROM slipway.fence WHERE release_id = $5)
     ON CONFLICT (name) DO UPDATE SET
       checksum = excluded.checksum, down_checksum = excluded.down_checksum, state = excluded.state,
       step = excluded.step, steps = excluded.steps, release_id = excluded.release_id,
       approved_by = excluded.approved_by, backup_id = excluded.backup_id, xid = excluded.xid,
       started_at = excluded.started_at, applied_at = excluded.applied_at
     WHERE row.state = 'reverted'`,
    [
      record.name,
      record.checksum,
      record.downChecksum,
      record.statements,
      record.releaseId,
      record.approvedBy,
      record.backupId,
    ],
  );
  if (rowCount === 1) return;
  await refuseFenced(session, record.service, record.releaseId);
  throw new SlipwayError('INTERNAL', { detail: `migration ${record.name} was applied by someone else meanwhile` });
}

/** Records a rollback script's run in its own transaction. */
export async function recordReverted(session: Session, name: string, releaseId: string): Promise<void> {
  await session.query('RESET ROLE');
  const { rowCount } = await session.query(
    `UPDATE slipway.migration SET state = 'reverted', step = 0
     WHERE name = $1 AND release_id = $2 AND state = 'applied'`,
    [name, releaseId],
  );
  if (rowCount !== 1) throw new SlipwayError('INTERNAL', { detail: `migration ${name} changed its state meanwhile` });
}

/** Fails with FENCED if a rollback of this release has begun. */
export async function refuseFenced(session: Session, service: string, releaseId: string): Promise<void> {
  const { rowCount } = await session.query('SELECT FROM slipway.fence WHERE release_id = $1', [releaseId]);
  if (rowCount === 0) return;
  throw new SlipwayError('FENCED', { holder: 'its own rollback', what: `the database of ${service}` });
}

/** Keeps every forward migration of a release from committing, from this statement's commit on. */
export async function writeFence(
  session: Session,
  fence: { readonly releaseId: string; readonly environment: string; readonly reason: string },
): Promise<void> {
  await session.query(
    `INSERT INTO slipway.fence (release_id, environment, raised_at, reason) VALUES ($1, $2, now(), $3)
     ON CONFLICT (release_id) DO NOTHING`,
    [fence.releaseId, fence.environment, fence.reason],
  );
}
