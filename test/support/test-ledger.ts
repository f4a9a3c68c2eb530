import { ledgerUrl } from '../../config/stack-file';

/** The address of the ledger that all tests of this run share, each with a project of its own name. */
export function testLedgerUrl(): string {
  const server = process.env['SLIPWAY_TEST_DATABASE_URL'];
  if (server === undefined) throw new Error('the test run has no PostgreSQL server');
  return ledgerUrl(server);
}
