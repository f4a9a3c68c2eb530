import { createLedger, type Ledger } from '../../activities/ledger/ledger';

/** For parts that never write to the ledger: any use fails with LEDGER_MISSING. */
export const noLedger: Ledger = createLedger({ url: undefined, redact: (text) => text });
