/** Writes records of a release: each is inserted, or found to be there and equal. Nothing is ever overwritten. */
import type { ClientBase } from 'pg';
import { SlipwayError } from '../../release/errors';
import { releaseKey } from '../../release/identity';
import type { LedgerRecord, LedgerWrite } from '../../release/ledger';
import { storable } from './storable';

type Of<K extends LedgerRecord['is']> = Extract<LedgerRecord, { is: K }>;

/**
 * Writes all of `records`, or none. What is there already, from an attempt whose answer was lost or a second one beside
 * it, must be the same in what counts: else fails with LEDGER_CONFLICT.
 */
export async function record(client: ClientBase, cluster: string, { release, records }: LedgerWrite): Promise<void> {
  const key = releaseKey(release);
  const of = <K extends LedgerRecord['is']>(is: K) => records.filter((each): each is Of<K> => each.is === is);
  await client.query('BEGIN');
  for (const { requestedBy, input } of of('begin')) {
    await begin(client, cluster, { release, requestedBy, input });
  }
  for (const table of tables) {
    const rows = table.rowsOf(of(table.is));
    if (rows.length > 0) await insert(client, key, table, rows);
  }
  await tellPhase(client, key, of('event'));
  for (const { at, result, live } of of('end')) {
    await end(client, key, { at, result });
    for (const row of live) await setLive(client, { ...row, ...place(release), since: at, release: key });
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

/** A table that only grows: `columns` are its own besides `release`, `key` tells its rows apart. */
interface Table<K extends LedgerRecord['is']> {
  readonly is: K;
  readonly name: string;
  readonly columns: Readonly<Record<string, string>>;
  readonly key: readonly string[];
  /** What must be the same in a row that is there already. */
  readonly equal: readonly string[];
  readonly rowsOf: (records: readonly Of<K>[]) => readonly Readonly<Record<string, unknown>>[];
}

const tables: readonly Table<'plan' | 'undo' | 'undone' | 'decision' | 'event'>[] = [
  {
    is: 'plan',
    name: 'plan',
    columns: { n: 'int', digest: 'text', plan: 'jsonb', gates: 'jsonb', at: 'timestamptz' },
    key: ['n'],
    // Of a plan only its digest: measured values beside it may differ.
    equal: ['digest'],
    rowsOf: (records: readonly Of<'plan'>[]) => records.map((each) => ({ ...each, digest: each.plan.digest })),
  } satisfies Table<'plan'> as never,
  {
    is: 'undo',
    name: 'undo_record',
    columns: { n: 'int', step: 'text', service: 'text', record: 'jsonb', at: 'timestamptz' },
    key: ['n'],
    equal: ['record'],
    rowsOf: (records: readonly Of<'undo'>[]) =>
      records.map((each) => ({ ...each, step: each.record.step, service: each.record.service })),
  } satisfies Table<'undo'> as never,
  {
    is: 'undone',
    name: 'undone',
    columns: { n: 'int', step: 'text', service: 'text', how: 'text', detail: 'text', at: 'timestamptz' },
    key: ['n'],
    equal: ['step', 'how'],
    rowsOf: (records: readonly Of<'undone'>[]) => records.map(({ n, at, report }) => ({ n, at, ...report })),
  } satisfies Table<'undone'> as never,
  {
    is: 'decision',
    name: 'decision',
    columns: {
      ...{ kind: 'text', decision_id: 'text', n: 'int', by: 'text', proof: 'text', comment: 'text', digest: 'text' },
      ...{ acknowledge: 'jsonb', action: 'text', accepted: 'boolean', verdict: 'text', at: 'timestamptz' },
    },
    key: ['kind', 'decision_id'],
    equal: ['by', 'accepted'],
    rowsOf: (records: readonly Of<'decision'>[]) =>
      records.map(({ n, at, decision: { id, ...decision }, verdict }) => ({
        ...{ n, at, ...decision, decision_id: id, accepted: verdict.accepted, verdict: verdict.detail },
      })),
  } satisfies Table<'decision'> as never,
  {
    is: 'event',
    name: 'event',
    columns: { n: 'int', at: 'timestamptz', kind: 'text', text: 'text' },
    key: ['n'],
    equal: ['text'],
    rowsOf: (records: readonly Of<'event'>[]) => records.map(({ entry }) => ({ ...entry })),
  } satisfies Table<'event'> as never,
];

async function insert(
  client: ClientBase,
  release: string,
  { name, columns, key, equal }: (typeof tables)[number],
  rows: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  const names = Object.keys(columns);
  const given = `jsonb_to_recordset($2::jsonb) AS given(${names.map((each) => `${each} ${columns[each]}`).join(', ')})`;
  const values = [storable(release, 'text'), storable(rows)];
  const { rowCount } = await client.query(
    `INSERT INTO slipway_ledger.${name} (release, ${names.join(', ')})
     SELECT $1, ${names.join(', ')} FROM ${given} ON CONFLICT DO NOTHING`,
    values,
  );
  if (rowCount === rows.length) return;
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
  await client.query('UPDATE slipway_ledger.release SET phase = $2, phase_n = $3 WHERE release = $1 AND phase_n < $3', [
    storable(release, 'text'),
    last.phase,
    last.entry.n,
  ]);
}

async function end(
  client: ClientBase,
  release: string,
  { at, result }: Pick<Of<'end'>, 'at' | 'result'>,
): Promise<void> {
  const values = [storable(release, 'text'), result.outcome, storable(result), at];
  const { rowCount } = await client.query(
    `UPDATE slipway_ledger.release SET outcome = $2, result = $3::jsonb, ended_at = $4
     WHERE release = $1 AND (outcome IS NULL OR outcome = $2)`,
    values,
  );
  if (rowCount === 1) return;
  const { rows } = await client.query<{ outcome: string }>(
    'SELECT outcome FROM slipway_ledger.release WHERE release = $1',
    values.slice(0, 1),
  );
  // After a restore from a backup its first row may be missing: the rest is kept all the same.
  if (!rows[0]) return;
  const detail = `it ended as ${rows[0].outcome}, not as ${result.outcome}`;
  throw new SlipwayError('LEDGER_CONFLICT', { what: 'end', release, detail });
}

/** A late write never wins over what a later release left, and what stays as it was keeps its day. */
async function setLive(client: ClientBase, row: Readonly<Record<string, string | null>>): Promise<void> {
  await client.query(
    `INSERT INTO slipway_ledger.live AS there (project, environment, service, version, commit, since, release)
     SELECT r->>'project', r->>'environment', r->>'service', r->>'version', r->>'commit', (r->>'since')::timestamptz,
       r->>'release'
     FROM (SELECT $1::jsonb AS r) AS given
     ON CONFLICT (project, environment, service) DO UPDATE
       SET version = excluded.version, commit = excluded.commit, since = excluded.since, release = excluded.release
       WHERE there.since < excluded.since
         AND (there.version, there.commit) IS DISTINCT FROM (excluded.version, excluded.commit)`,
    [storable(row)],
  );
}
