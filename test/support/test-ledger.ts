import { Client } from 'pg';
import { ledgerUrl } from '../../config/stack-file';
import { eventually } from './eventually';

/** The address of the ledger that all tests of this run share, each with a project of its own name. */
export function testLedgerUrl(): string {
  const server = process.env['SLIPWAY_TEST_DATABASE_URL'];
  if (server === undefined) throw new Error('the test run has no PostgreSQL server');
  return ledgerUrl(server);
}

/** Runs one statement in the ledger at `url`. */
export async function askLedger<T = Record<string, unknown>>(
  text: string,
  values: unknown[] = [],
  url = testLedgerUrl(),
): Promise<T[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text, values)).rows as T[];
  } finally {
    await client.end();
  }
}

/** What the ledger holds of one release. */
export interface LedgerPrint {
  readonly outcome: string;
  readonly phase: string;
  readonly plans: number;
  readonly undoRecords: readonly string[];
  readonly undone: readonly string[];
  readonly decisions: readonly string[];
  readonly timeline: readonly string[];
}

/** Waits until the ledger knows the end of the release, and returns what it holds of it. */
export function ledgerPrint(id: string, url = testLedgerUrl()): Promise<LedgerPrint> {
  return eventually(`the end of ${id} in the ledger`, async () => {
    const [made] = await askLedger(`SELECT to_regclass('slipway_ledger.release') AS made`, [], url);
    if (made?.['made'] === null) return undefined;
    const [row] = await askLedger<LedgerPrint>(
      `SELECT outcome, phase,
         (SELECT count(*)::int FROM slipway_ledger.plan p WHERE p.release = r.release) AS plans,
         ARRAY(SELECT step FROM slipway_ledger.undo_record u WHERE u.release = r.release ORDER BY n) AS "undoRecords",
         ARRAY(SELECT step || ' ' || how FROM slipway_ledger.undone u WHERE u.release = r.release ORDER BY n) AS undone,
         ARRAY(SELECT kind || ' ' || by || ' ' || accepted FROM slipway_ledger.decision d
               WHERE d.release = r.release ORDER BY n) AS decisions,
         ARRAY(SELECT text FROM slipway_ledger.event e WHERE e.release = r.release ORDER BY n) AS timeline
       FROM slipway_ledger.release r WHERE id = $1`,
      [id],
      url,
    );
    return row?.outcome ? row : undefined;
  });
}
