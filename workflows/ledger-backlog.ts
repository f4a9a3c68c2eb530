import { type LedgerWrite, problemOfWrite } from '../release/ledger';
import { slipwayFailure } from './failure';
import { activity } from './proxies';

/**
 * Writes what a release could not, once the ledger answers; the release itself has ended meanwhile. Fails with
 * LEDGER_CONFLICT if the ledger holds something else by then, with REQUEST_INVALID if it was started with rubbish.
 */
export async function ledgerBacklog(input: LedgerWrite): Promise<void> {
  const problem = problemOfWrite(input);
  if (problem) throw slipwayFailure('REQUEST_INVALID', { what: 'the ledger', problem });
  await activity.recordInLedger(
    input,
    `Waiting for the ledger: ${input.records.length} entries of ${input.release.id}`,
  );
}
