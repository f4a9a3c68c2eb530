/** The ledger's record of tags that ask for releases, as statements. */
import type { ClientBase } from 'pg';
import type { ErrorReport } from '../../release/errors';
import { orphaned, type RemoteTag, type TagJudgement, type TagStatus } from '../../release/request-tag';
import type { SeenTag } from './contract';

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

/** What is recorded of a tag of a repository: enough to tell whether it is new. */
export type Seen = Pick<SeenTag, 'tag' | 'object' | 'status'>;

/** All of a repository. */
export async function readSeen(client: ClientBase, project: string, repository: string): Promise<Seen[]> {
  const { rows } = await client.query<Seen>(
    'SELECT tag, object, status FROM slipway_ledger.seen_tag WHERE project = $1 AND repository = $2',
    [project, repository],
  );
  return rows;
}

/** Those of `tags` that are not among `rows`, or are there with another object only. */
export function unseen(tags: readonly RemoteTag[], rows: readonly Seen[]): RemoteTag[] {
  const known = new Set(rows.map(({ tag, object }) => `${object} ${tag}`));
  return tags.filter(({ name, object }) => !known.has(`${object} ${name}`));
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
  tags: readonly Pick<Seen, 'tag' | 'object'>[],
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

/** Tags of a trigger that were being started are so no longer: nobody is left who would ask for their releases again. */
export async function orphan(client: ClientBase, project: string, watch: Watch): Promise<void> {
  await client.query(
    `UPDATE slipway_ledger.seen_tag SET status = 'refused', why = $5, changed_at = now()
     WHERE project = $1 AND repository = $2 AND pattern = $3 AND environment = $4 AND status = 'starting'`,
    [project, watch.repository, watch.pattern, watch.environment, orphaned],
  );
}

/** The columns of a {@link SeenTagRow}. */
export const seenTagColumns = `repository, tag, object, pattern, environment, version, commit, tagger, subject, status, why,
  first_seen AS "firstSeen", changed_at AS "changedAt", release_id AS "releaseId", run_id AS "runId"`;

/** A {@link SeenTag} as the database gives it. */
export type SeenTagRow = Omit<SeenTag, 'firstSeen' | 'changedAt'> & {
  readonly firstSeen: Date;
  readonly changedAt: Date;
};

/** A row as the rest of us knows it. */
export function seenTag({ firstSeen, changedAt, ...rest }: SeenTagRow): SeenTag {
  return { ...rest, firstSeen: firstSeen.toISOString(), changedAt: changedAt.toISOString() };
}

/** The newest tags of a project that were seen, newest first: at most `limit`. */
export async function newestTags(client: ClientBase, project: string, limit: number): Promise<SeenTag[]> {
  const { rows } = await client.query<SeenTagRow>(
    `SELECT ${seenTagColumns} FROM slipway_ledger.seen_tag WHERE project = $1 ORDER BY n DESC LIMIT $2`,
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
