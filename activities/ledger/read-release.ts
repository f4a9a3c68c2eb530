import { createHash } from 'node:crypto';
import type { ClientBase } from 'pg';
import type { RecordedRelease, ReleasePage, ReleasePageInput } from '../../release/ledger-answers';
import { lineColumns } from './read-history';
import { storable } from './storable';

/** Characters of a page: with three bytes each it stays below Temporal's 2 MB. */
const pageSize = 500_000;

/** A page of everything that is known of a release, found by what people call it. */
export async function readReleasePage(client: ClientBase, input: ReleasePageInput): Promise<ReleasePage> {
  const release = await readRelease(client, input);
  const text = release && JSON.stringify(release);
  if (!text) return { text: null, total: 0, checksum: '' };
  const checksum = createHash('sha256').update(text).digest('hex');
  return { text: text.slice(input.offset, input.offset + pageSize), total: text.length, checksum };
}

type Head = Omit<RecordedRelease, 'others' | 'plans' | 'decisions' | 'undoRecords' | 'undone' | 'timeline' | 'live'>;

async function readRelease(
  client: ClientBase,
  { project, environment, name }: Omit<ReleasePageInput, 'offset'>,
): Promise<RecordedRelease | undefined> {
  // One moment for all tables: a release may be going on.
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    const { rows } = await client.query<Head>(
      `SELECT ${lineColumns}, project, cluster, result
       FROM slipway_ledger.release
       WHERE project = $1 AND environment = $2
         AND (release = $3 OR id = $3 OR id = 'release/' || $1 || '/' || $3 OR version = $3)
       ORDER BY requested_at DESC, release DESC`,
      [project, environment, name].map((text) => storable(text, 'text')),
    );
    const [head] = rows;
    if (!head) return undefined;
    const others = rows.filter(({ id, key }) => id === head.id && key !== head.key).map(({ key }) => key);
    return { ...head, others, ...(await readParts(client, head)) };
  } finally {
    await client.query('COMMIT');
  }
}

async function readParts(client: ClientBase, head: Head): Promise<Omit<RecordedRelease, keyof Head | 'others'>> {
  const all = async <T>(columns: string, table: string, order = 'n'): Promise<T[]> => {
    const text = `SELECT ${columns} FROM slipway_ledger.${table} WHERE release = $1 ORDER BY ${order}`;
    return (await client.query(text, [head.key])).rows as T[];
  };
  const at = 'slipway_ledger.iso(at) AS at';
  const live = await client.query<RecordedRelease['live'][number]>(
    `SELECT service, version, commit, slipway_ledger.iso(since) AS since, release FROM slipway_ledger.live
     WHERE project = $1 AND environment = $2 ORDER BY service`,
    [head.project, head.environment],
  );
  return {
    plans: await all(`n, digest, ${at}, plan, gates`, 'plan'),
    decisions: await all(
      `decision_id AS id, kind, by, coalesce(person, by) AS person, proof, key, comment, digest, action, accepted, verdict, ${at}`,
      'decision',
    ),
    undoRecords: await all(`n, ${at}, record`, 'undo_record'),
    undone: await all(`n, ${at}, step, service, how, detail`, 'undone'),
    timeline: await all(`n, ${at}, kind, text`, 'event'),
    live: live.rows,
  };
}
