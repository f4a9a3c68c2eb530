/** The ledger's record of what is being started for tags, as statements. */
import type { ClientBase } from 'pg';
import type { SeenTag } from './contract';
import { sqlState } from '../database/postgres-errors';
import { seenTag, seenTagColumns, type SeenTagRow } from './seen-tags';

/** The tag of an environment that is next: the one whose answer is not known yet, else the one that waits longest. */
export async function nextTag(client: ClientBase, project: string, environment: string): Promise<SeenTag | undefined> {
  const { rows } = await client.query<SeenTagRow>(
    `SELECT ${seenTagColumns} FROM slipway_ledger.seen_tag
     WHERE project = $1 AND environment = $2 AND status IN ('waiting', 'starting')
     ORDER BY status, n LIMIT 1`,
    [project, environment],
  );
  return rows[0] && seenTag(rows[0]);
}

type TagKey = Pick<SeenTag, 'repository' | 'tag' | 'object'>;

/**
 * From now on its release may have been asked for. False if it waits no longer, or if another is being started, also by
 * a claim at the same moment. Not within a transaction.
 */
export async function claim(client: ClientBase, project: string, key: TagKey): Promise<boolean> {
  try {
    const { rowCount } = await client.query(
      `UPDATE slipway_ledger.seen_tag AS s SET status = 'starting', changed_at = now()
       WHERE project = $1 AND repository = $2 AND tag = $3 AND object = $4 AND status = 'waiting'
         AND NOT EXISTS (SELECT FROM slipway_ledger.seen_tag
           WHERE project = $1 AND environment = s.environment AND status = 'starting')`,
      [project, key.repository, key.tag, key.object],
    );
    return rowCount === 1;
  } catch (error) {
    // Another claim that was not committed yet could not be seen: the unique index waited for it, and refuses ours.
    if (sqlState(error) === uniqueViolation) return false;
    throw error;
  }
}

const uniqueViolation = '23505';

/** What the environment answered. */
export async function settle(
  client: ClientBase,
  project: string,
  key: TagKey,
  answer: { readonly releaseId: string; readonly runId: string } | { readonly why: string },
): Promise<void> {
  const started = 'releaseId' in answer ? answer : undefined;
  await client.query(
    `UPDATE slipway_ledger.seen_tag
     SET status = $5, why = $6, release_id = $7, run_id = $8, is_open = $9, changed_at = now()
     WHERE project = $1 AND repository = $2 AND tag = $3 AND object = $4 AND status = 'starting'`,
    [
      project,
      key.repository,
      key.tag,
      key.object,
      started ? 'started' : 'refused',
      'why' in answer ? answer.why : '',
      started?.releaseId ?? null,
      started?.runId ?? null,
      started !== undefined,
    ],
  );
}

/** Why the answer for a tag that is being started did not come. */
export async function noteSilence(client: ClientBase, project: string, key: TagKey, why: string): Promise<void> {
  await client.query(
    `UPDATE slipway_ledger.seen_tag SET why = $5
     WHERE project = $1 AND repository = $2 AND tag = $3 AND object = $4 AND status = 'starting'`,
    [project, key.repository, key.tag, key.object, why],
  );
}

/** Releases of an environment that tags have started and that had not ended when they were last looked for. */
export async function openReleases(
  client: ClientBase,
  project: string,
  environment: string,
): Promise<{ releaseId: string; runId: string }[]> {
  const { rows } = await client.query<{ releaseId: string; runId: string }>(
    `SELECT release_id AS "releaseId", run_id AS "runId" FROM slipway_ledger.seen_tag
     WHERE project = $1 AND environment = $2 AND is_open`,
    [project, environment],
  );
  return rows;
}

/** These have ended. */
export async function closeReleases(client: ClientBase, runIds: readonly string[]): Promise<void> {
  if (runIds.length === 0) return;
  await client.query('UPDATE slipway_ledger.seen_tag SET is_open = false WHERE is_open AND run_id = ANY($1)', [runIds]);
}
