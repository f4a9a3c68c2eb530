import type { ClientBase } from 'pg';
import type { HistoryInput, HistoryLine, HistoryPage } from '../../release/ledger-answers';
import { storable } from './storable';

/** No page is longer: a line has some 500 bytes. */
const longestPage = 500;

/** Columns of a release's line; moments as ISO 8601 texts. */
export const lineColumns = `
  release AS "key", id, run_id AS "runId", environment, version, requested_by AS "requestedBy",
  slipway_ledger.iso(requested_at) AS "requestedAt", phase, outcome, slipway_ledger.iso(ended_at) AS "endedAt",
  result->'failure'->>'message' AS failure`;

/** The releases of an environment, newest first. */
export async function readHistory(client: ClientBase, input: HistoryInput): Promise<HistoryPage> {
  const limit = Math.max(1, Math.min(longestPage, input.limit));
  const { rows } = await client.query<HistoryLine>(
    `SELECT ${lineColumns}
     FROM slipway_ledger.release
     WHERE project = $1 AND environment = $2
       AND ($3::timestamptz IS NULL OR requested_at >= $3)
       AND ($4::timestamptz IS NULL OR (requested_at, release) < ($4, $5))
     ORDER BY requested_at DESC, release DESC
     LIMIT $6`,
    [
      ...[storable(input.project, 'text'), storable(input.environment, 'text'), input.since],
      ...[input.after?.requestedAt ?? null, input.after?.key ?? null, limit],
    ],
  );
  return { releases: rows, isFull: rows.length === limit };
}
