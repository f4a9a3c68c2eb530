/** The ledger's activities: thin. What others keep in its database uses `Surroundings.ledger` itself. */
import { SlipwayError } from '../../release/errors';
import { problemOfWrite, type LedgerWrite } from '../../release/ledger';
import type { HistoryInput, HistoryPage, ReleasePage, ReleasePageInput } from '../../release/ledger-answers';
import type { Attempt, Surroundings } from '../surroundings';
import { readHistory } from './read-history';
import { readReleasePage } from './read-release';
import { record } from './record';

/** All of them fail as `Ledger.use` does. */
export function createLedgerActivities({ ledger, cluster, reach }: Surroundings) {
  return {
    /** Writes what is not there yet. Fails with LEDGER_CONFLICT if something else is, REQUEST_INVALID for rubbish. */
    async recordInLedger(input: LedgerWrite, attempt: Attempt): Promise<void> {
      const problem = problemOfWrite(input);
      if (problem) throw new SlipwayError('REQUEST_INVALID', { what: 'the ledger', problem });
      await reach('ledger-write:before');
      await ledger.use(attempt, (client) => record(client, cluster, input));
      await reach('ledger-write:after');
    },

    readHistory(input: HistoryInput, attempt: Attempt): Promise<HistoryPage> {
      return ledger.use(attempt, (client) => readHistory(client, input));
    },

    readRelease(input: ReleasePageInput, attempt: Attempt): Promise<ReleasePage> {
      return ledger.use(attempt, (client) => readReleasePage(client, input));
    },
  };
}
