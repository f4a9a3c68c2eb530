/** The ledger's record of tags that ask for releases, as statements. */
import type { ClientBase } from 'pg';
import type { ErrorReport } from '../../release/errors';
import type { RemoteTag, TagJudgement, TagStatus } from '../../release/request-tag';
import type { SeenTag } from '../contract';
import { sqlState } from '../database/postgres-errors';

/** A trigger, and the repository that it looks at. */
export interface Watch {
  readonly repository: string;
  readonly pattern: string;
  readonly environment: string;
}

/** How the last look of a trigger that is on went. */
export interface WatchState extends Watch {
  readonly activation: string;
  readonly mark: string | null;
}

/** A tag and what became of it, as it is recorded first. */
export interface Sighting extends Omit<TagJudgement, 'status'> {
  readonly tag: RemoteTag;
  readonly watch: Watch;
  readonly status: TagStatus;
}

/** One look at a time records what it saw; the others wait. Within a transaction. */
export async function lockProject(client: ClientBase, project: string): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`slipway trigger ${project}`]);
}

/** The triggers of a project that are on. */
export async function readWatches(client: ClientBase, project: string): Promise<WatchState[]> {
  const { rows } = await client.query<WatchState>(
    'SELECT repository, pattern, environment, activation, mark FROM slipway_ledger.tag_trigger WHERE project = $1',
    [project],
  );
  return rows;
}

/** Makes `watch` one that is on since now. */
export async function turnOn(client: ClientBase, project: string, watch: Watch, activation: string): Promise<void> {
  await client.query(
    `INSERT INTO slipway_ledger.tag_trigger (project, repository, pattern, environment, activation, on_since)
     VALUES ($1, $2, $3, $4, $5, now())
     ON CONFLICT (project, repository, pattern, environment) DO UPDATE
       SET activation = $5, on_since = now(), mark = NULL, looked_at = NULL, failing_since = NULL, failure = NULL`,
    [project, watch.repository, watch.pattern, watch.environment, activation],
  );
}

/** Forgets a trigger that is no longer in the configuration; its tags stay. */
export async function turnOff(client: ClientBase, project: string, watch: Watch): Promise<void> {
  await client.query(
    `DELETE FROM slipway_ledger.tag_trigger
     WHERE project = $1 AND repository = $2 AND pattern = $3 AND environment = $4`,
    [project, watch.repository, watch.pattern, watch.environment],
  );
}

/** A look at a repository was answered, and all its news are recorded; `mark` null = look at everything again. */
export async function looked(client: ClientBase, project: string, repository: string, mark: string | null) {
  await client.query(
    `UPDATE slipway_ledger.tag_trigger SET mark = $3, looked_at = now(), failing_since = NULL, failure = NULL
     WHERE project = $1 AND repository = $2`,
    [project, repository, mark],
  );
}

/** A look at a repository failed. */
export async function lookFailed(client: ClientBase, project: string, repository: string, failure: ErrorReport) {
  await client.query(
    `UPDATE slipway_ledger.tag_trigger SET failing_since = coalesce(failing_since, now()), failure = $3
     WHERE project = $1 AND repository = $2`,
    [project, repository, JSON.stringify(failure)],
  );
}

/** What is recorded of the tags of a repository: enough to tell which are new. */
export async function readSeen(
  client: ClientBase,
  project: string,
  repository: string,
): Promise<{ tag: string; object: string; status: TagStatus }[]> {
  const { rows } = await client.query<{ tag: string; object: string; status: TagStatus }>(
    'SELECT tag, object, status FROM slipway_ledger.seen_tag WHERE project = $1 AND repository = $2',
    [project, repository],
  );
  return rows;
}

/** Records tags, in their order; one that is recorded already stays as it is. */
export async function record(client: ClientBase, project: string, sightings: readonly Sighting[]): Promise<void> {
  const columns = (of: (sighting: Sighting) => string) => sightings.map(of);
  await client.query(
    `INSERT INTO slipway_ledger.seen_tag (project, repository, tag, object, pattern, environment, version, commit,
       tagger, subject, status, why, first_seen, changed_at)
     SELECT $1, t.*, now(), now() FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
       $8::text[], $9::text[], $10::text[], $11::text[], $12::text[]) AS t
     ON CONFLICT DO NOTHING`,
    [
      project,
      columns(({ watch }) => watch.repository),
      columns(({ tag }) => tag.name),
      columns(({ tag }) => tag.object),
      columns(({ watch }) => watch.pattern),
      columns(({ watch }) => watch.environment),
      columns(({ version }) => version),
      columns(({ commit }) => commit),
      columns(({ tagger }) => tagger),
      columns(({ subject }) => subject),
      columns(({ status }) => status),
      columns(({ why }) => why),
    ],
  );
}

/** Tags that were waiting wait no longer. */
export async function giveUp(
  client: ClientBase,
  project: string,
  repository: string,
  tags: readonly { readonly tag: string; readonly object: string }[],
  to: { readonly status: 'noted' | 'refused'; readonly why: string },
): Promise<void> {
  if (tags.length === 0) return;
  await client.query(
    `UPDATE slipway_ledger.seen_tag SET status = $3, why = $4, changed_at = now()
     WHERE project = $1 AND repository = $2 AND status = 'waiting'
       AND (tag, object) IN (SELECT * FROM unnest($5::text[], $6::text[]))`,
    [project, repository, to.status, to.why, tags.map(({ tag }) => tag), tags.map(({ object }) => object)],
  );
}

const shownColumns = `repository, tag, object, pattern, environment, version, commit, tagger, subject, status, why,
  first_seen AS "firstSeen", changed_at AS "changedAt", release_id AS "releaseId", run_id AS "runId"`;

type Row = Omit<SeenTag, 'firstSeen' | 'changedAt'> & { readonly firstSeen: Date; readonly changedAt: Date };

const seenTag = ({ firstSeen, changedAt, ...rest }: Row): SeenTag => ({
  ...rest,
  firstSeen: firstSeen.toISOString(),
  changedAt: changedAt.toISOString(),
});

/** The newest tags of a project that were seen, newest first: at most `limit`. */
export async function newestTags(client: ClientBase, project: string, limit: number): Promise<SeenTag[]> {
  const { rows } = await client.query<Row>(
    `SELECT ${shownColumns} FROM slipway_ledger.seen_tag WHERE project = $1 ORDER BY n DESC LIMIT $2`,
    [project, limit],
  );
  return rows.map(seenTag);
}

/** How many tags of a project have which status. */
export async function countTags(client: ClientBase, project: string): Promise<Partial<Record<TagStatus, number>>> {
  const { rows } = await client.query<{ status: TagStatus; count: number }>(
    'SELECT status, count(*)::int AS count FROM slipway_ledger.seen_tag WHERE project = $1 GROUP BY status',
    [project],
  );
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}

/** The triggers of a project and how their last looks went. */
export async function readTriggerRows(client: ClientBase, project: string) {
  const { rows } = await client.query<{
    repository: string;
    pattern: string;
    environment: string;
    activation: string;
    onSince: Date;
    lookedAt: Date | null;
    failingSince: Date | null;
    failure: ErrorReport | null;
  }>(
    `SELECT repository, pattern, environment, activation, on_since AS "onSince", looked_at AS "lookedAt",
       failing_since AS "failingSince", failure
     FROM slipway_ledger.tag_trigger WHERE project = $1 ORDER BY environment, pattern`,
    [project],
  );
  return rows.map(({ onSince, lookedAt, failingSince, ...rest }) => ({
    ...rest,
    onSince: onSince.toISOString(),
    lookedAt: lookedAt?.toISOString() ?? null,
    failingSince: failingSince?.toISOString() ?? null,
  }));
}

/** The tag of an environment that is next: the one whose answer is not known yet, else the one that waits longest. */
export async function nextTag(client: ClientBase, project: string, environment: string): Promise<SeenTag | undefined> {
  const { rows } = await client.query<Row>(
    `SELECT ${shownColumns} FROM slipway_ledger.seen_tag
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
