/**
 * Writes records of a release; each may be written any number of times.
 *
 * A workflow writes from within its tasks, and a task whose worker dies is done anew, maybe with one more message in
 * it: what it wrote then never came to be. So of an entry of the timeline, a decision and a report the newest wins.
 * Plans and undo records follow from what the workflow had been told before: they must be the same.
 */
import type { ClientBase } from 'pg';
import { changedNothing } from '../../release/phase';
import { SlipwayError } from '../../release/errors';
import { releaseKey } from '../../release/identity';
import { AFTER_THE_END, type LedgerWrite } from '../../release/ledger';
import { storable } from './storable';
import { ledgerTables, of, type LedgerTable, type Of } from './tables';

/**
 * Writes all of `records`, or none. Fails with LEDGER_CONFLICT if another plan, undo record or end is there already;
 * nothing of these is ever overwritten.
 */
export async function record(client: ClientBase, cluster: string, { release, records }: LedgerWrite): Promise<void> {
  const key = releaseKey(release);
  // What we report as written must survive a crash of the server, whatever the database prefers.
  await client.query('BEGIN; SET LOCAL synchronous_commit = on');
  for (const { requestedBy, input } of of(records, 'begin')) {
    await begin(client, cluster, { release, requestedBy, input });
  }
  for (const table of ledgerTables) {
    const rows = table.rowsOf(records);
    if (rows.length > 0) await insert(client, key, table, rows);
  }
  await tellPhase(client, key, of(records, 'event'));
  for (const { at, result, live, events } of of(records, 'end')) {
    const newest = Math.max(events, ...of(records, 'event').map(({ entry }) => entry.n));
    await end(client, release, { at, result, events: newest });
    for (const { service, version, commit } of live) {
      await setLive(
        client,
        { service, version, commit, ...place(release), since: at, release: key },
        changedNothing(result),
      );
    }
  }
  await client.query('COMMIT');
}

const place = ({ project, environment }: LedgerWrite['release']) => ({ project, environment });

/** The input is kept as it was first written: it cannot change, and is large. */
async function begin(
  client: ClientBase,
  cluster: string,
  { release, requestedBy, input }: Pick<LedgerWrite, 'release'> & Omit<Of<'begin'>, 'is'>,
): Promise<void> {
  const row = { ...release, release: releaseKey(release), requestedBy, input, cluster };
  await client.query(
    `INSERT INTO slipway_ledger.release (release, record_version, id, run_id, project, environment, version,
       requested_by, requested_at, cluster, input, phase, phase_n)
     SELECT r->>'release', 1, r->>'id', r->>'runId', r->>'project', r->>'environment', r->>'version',
       r->>'requestedBy', (r->>'requestedAt')::timestamptz, r->>'cluster', r->'input', 'looking', 0
     FROM (SELECT $1::jsonb AS r) AS given
     ON CONFLICT (release) DO NOTHING`,
    [storable(row)],
  );
}

async function insert(
  client: ClientBase,
  release: string,
  { name, columns, key, equal }: LedgerTable,
  rows: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  const names = Object.keys(columns);
  const given = `jsonb_to_recordset($2::jsonb) AS given(${names.map((each) => `${each} ${columns[each]}`).join(', ')})`;
  const values = [storable(release, 'text'), storable(rows)];
  const changed = names.filter((each) => !key.includes(each)).map((each) => `${each} = excluded.${each}`);
  const newestWins = `(release, ${key.join(', ')}) DO UPDATE SET ${changed.join(', ')} WHERE there.at < excluded.at`;
  const { rowCount } = await client.query(
    `INSERT INTO slipway_ledger.${name} AS there (release, ${names.join(', ')})
     SELECT $1, ${names.join(', ')} FROM ${given} ON CONFLICT ${equal.length > 0 ? 'DO NOTHING' : newestWins}`,
    values,
  );
  if (equal.length === 0 || rowCount === rows.length) return;
  const { rows: differing } = await client.query<{ key: string }>(
    `SELECT concat_ws(' ', ${key.map((each) => `given.${each}`).join(', ')}) AS key FROM ${given}
     JOIN slipway_ledger.${name} AS there
       ON there.release = $1 AND ${key.map((each) => `there.${each} = given.${each}`).join(' AND ')}
     WHERE (${equal.map((each) => `there.${each}`).join(', ')}) IS DISTINCT FROM (${equal.map((each) => `given.${each}`).join(', ')})`,
    values,
  );
  if (differing.length === 0) return;
  const detail = `number ${differing.map((row) => row.key).join(', ')} differs`;
  throw new SlipwayError('LEDGER_CONFLICT', { what: name.replace('_', ' '), release, detail });
}

/** The release's own row says what its newest entry of the timeline said. */
async function tellPhase(client: ClientBase, release: string, events: readonly Of<'event'>[]): Promise<void> {
  const last = events.reduce<Of<'event'> | undefined>(
    (newest, each) => (newest && newest.entry.n > each.entry.n ? newest : each),
    undefined,
  );
  if (!last) return;
  await client.query(
    'UPDATE slipway_ledger.release SET phase = $2, phase_n = $3 WHERE release = $1 AND phase_n < $3 AND outcome IS NULL',
    [storable(release, 'text'), last.phase, last.entry.n],
  );
}

async function end(
  client: ClientBase,
  given: LedgerWrite['release'],
  { at, result, events }: Pick<Of<'end'>, 'at' | 'result' | 'events'>,
): Promise<void> {
  const release = releaseKey(given);
  // What a task wrote that was done anew, and went another way then.
  await client.query('DELETE FROM slipway_ledger.event WHERE release = $1 AND n > $2 AND n <= $3', [
    storable(release, 'text'),
    events,
    AFTER_THE_END,
  ]);
  const values = [storable(release, 'text'), result.outcome, storable(result), at];
  const { rowCount } = await client.query(
    `UPDATE slipway_ledger.release SET outcome = $2, result = $3::jsonb, ended_at = $4, phase = 'ended'
     WHERE release = $1 AND (outcome IS NULL OR outcome = $2)`,
    values,
  );
  if (rowCount === 1) return;
  const { rows } = await client.query<{ outcome: string }>(
    'SELECT outcome FROM slipway_ledger.release WHERE release = $1',
    values.slice(0, 1),
  );
  if (!rows[0]) return insertEnded(client, given, values);
  const detail = `it ended as ${rows[0].outcome}, not as ${result.outcome}`;
  throw new SlipwayError('LEDGER_CONFLICT', { what: 'end', release, detail });
}

/** The row of a release that the ledger does not know, since it was restored from a backup, or made anew. */
async function insertEnded(client: ClientBase, release: LedgerWrite['release'], values: string[]): Promise<void> {
  await client.query(
    `INSERT INTO slipway_ledger.release (release, record_version, id, run_id, project, environment, version,
       requested_by, requested_at, cluster, phase, phase_n, outcome, result, ended_at)
     SELECT $1, 1, r->>'id', r->>'runId', r->>'project', r->>'environment', r->>'version',
       'not known', (r->>'requestedAt')::timestamptz, 'not known', 'ended', 0, $2, $3::jsonb, $4
     FROM (SELECT $5::jsonb AS r) AS given`,
    [...values, storable(release)],
  );
}

/**
 * A late write never wins over what a later release left, and what stays as it was keeps its day. `onlyIfUnknown`: what
 * one has seen that changed nothing may have been changed by another since.
 */
async function setLive(
  client: ClientBase,
  row: Readonly<Record<string, string | null>>,
  onlyIfUnknown: boolean,
): Promise<void> {
  await client.query(
    `INSERT INTO slipway_ledger.live AS there (project, environment, service, version, commit, since, release)
     SELECT r->>'project', r->>'environment', r->>'service', r->>'version', r->>'commit', (r->>'since')::timestamptz,
       r->>'release'
     FROM (SELECT $1::jsonb AS r) AS given
     ON CONFLICT (project, environment, service) DO UPDATE
       SET version = excluded.version, commit = excluded.commit, since = excluded.since, release = excluded.release
       WHERE NOT $2 AND there.since < excluded.since
         AND (there.version, there.commit) IS DISTINCT FROM (excluded.version, excluded.commit)`,
    [storable(row), onlyIfUnknown],
  );
}
