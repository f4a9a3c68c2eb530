/** What the ledger knows of releases that have no outcome. Reads only. */
import type { ClientBase } from 'pg';
import type { Approval } from '../../release/approval';
import { SlipwayError } from '../../release/errors';
import { releaseKey } from '../../release/identity';
import { LEDGER_RECORD_VERSION } from '../../release/ledger';
import type { Plan } from '../../release/plan';
import type { UnfinishedEntry, UnfinishedRelease } from '../../release/unfinished-release';
import { problemOfAccount } from '../../release/recovery-trust';
import { problemOfOrder } from '../../release/release-request';
import type { TimelineEntry } from '../../release/state';
import type { UndoRecord, UndoReport } from '../../release/undo';

/** More at once would not fit into a message; the older ones come when these are settled. */
const listed = 50;

interface ReleaseRow {
  /** Of the edition that wrote it. */
  readonly recordVersion: number;
  readonly id: string;
  readonly runId: string;
  readonly project: string;
  readonly environment: string;
  readonly version: string;
  readonly requestedAt: Date;
  readonly requestedBy: string;
  readonly cluster: string;
  readonly phase: string;
  readonly input: UnfinishedRelease['order'] | null;
}

const columns = `record_version AS "recordVersion", id, run_id AS "runId", project, environment, version, requested_at AS "requestedAt",
  requested_by AS "requestedBy", cluster, phase, input`;

/**
 * Releases to an environment that have no outcome, newest first; those that run are among them. One whose input was
 * never written is not: nothing can be done for it.
 */
export async function listUnfinished(
  client: ClientBase,
  { project, environment }: { readonly project: string; readonly environment: string },
): Promise<UnfinishedEntry[]> {
  const { rows } = await client.query<ReleaseRow>(
    `SELECT ${columns} FROM slipway_ledger.release
     WHERE project = $1 AND environment = $2 AND outcome IS NULL AND input IS NOT NULL
     ORDER BY requested_at DESC, release LIMIT ${listed}`,
    [project, environment],
  );
  return rows.map(entryOf);
}

/**
 * Everything that the ledger knows of a release without an outcome. Fails with RECOVERY_NONE if there is none with that
 * key, and if its input was never written; with LEDGER_NEWER if a newer Slipway wrote it, LEDGER_CONFLICT if its order
 * is none. A plan and undo records that were changed are left out: `problem` tells why.
 */
export async function readUnfinished(client: ClientBase, key: string): Promise<UnfinishedRelease> {
  const rowsOf = async <R extends object>(sql: string) => (await client.query<R>(sql, [key])).rows;
  const [row] = await rowsOf<ReleaseRow>(
    `SELECT ${columns} FROM slipway_ledger.release WHERE release = $1 AND outcome IS NULL`,
  );
  if (!row?.input) throw new SlipwayError('RECOVERY_NONE', { what: `with the key ${key}` });
  refuseStrange(row, row.input);
  const [plan] = await rowsOf<{ plan: Plan }>(
    'SELECT plan FROM slipway_ledger.plan WHERE release = $1 ORDER BY n DESC LIMIT 1',
  );
  const records = await rowsOf<{ record: UndoRecord }>(
    'SELECT record FROM slipway_ledger.undo_record WHERE release = $1 ORDER BY n',
  );
  const undone = await rowsOf<UndoReport>(
    'SELECT step, service, how, detail FROM slipway_ledger.undone WHERE release = $1 ORDER BY n',
  );
  const approvals = await rowsOf<Dated<Approval>>(
    `SELECT by, digest, decision_id AS "decisionId", comment, at FROM slipway_ledger.decision
     WHERE release = $1 AND kind = 'approve' AND accepted ORDER BY n`,
  );
  const timeline = await rowsOf<Dated<TimelineEntry>>(
    'SELECT n, at, kind, text FROM slipway_ledger.event WHERE release = $1 ORDER BY n',
  );
  const account = { plan: plan?.plan ?? null, undoRecords: records.map(({ record }) => record), undone };
  const problem = problemOfAccount(account);
  return {
    release: entryOf(row).release,
    order: row.input,
    phase: row.phase,
    approvals: approvals.map(asText),
    timeline: timeline.map(asText),
    ...(problem === undefined ? account : { plan: null, undoRecords: [], undone: [], problem }),
  };
}

function refuseStrange({ recordVersion, environment, ...row }: ReleaseRow, input: object): void {
  const release = releaseKey(row);
  if (recordVersion > LEDGER_RECORD_VERSION) {
    const detail = `${release} is in form ${recordVersion}, this worker knows ${LEDGER_RECORD_VERSION}`;
    throw new SlipwayError('LEDGER_NEWER', { detail });
  }
  const problem = problemOfOrder(input, { environment });
  if (problem !== undefined) throw new SlipwayError('LEDGER_CONFLICT', { what: 'order', release, detail: problem });
}

type Dated<T extends { readonly at: string }> = Omit<T, 'at'> & { readonly at: Date };

const asText = <T extends { readonly at: Date }>(row: T) => ({ ...row, at: row.at.toISOString() });

function entryOf({ requestedBy, phase, requestedAt, id, runId, ...row }: ReleaseRow): UnfinishedEntry {
  const { project, environment, version, cluster } = row;
  const release = { id, runId, project, environment, version, requestedAt: requestedAt.toISOString(), cluster };
  return { release, requestedBy, phase };
}
