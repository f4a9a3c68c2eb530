import { createRequire } from 'node:module';
import type * as TemporalClient from '@temporalio/client';

const load = createRequire(__filename);

/**
 * Temporal's client, loaded when it is first asked for: that takes longer than all the rest of this program together,
 * and completion, help, `validate` and everything that is refused before a server is asked do without it.
 */
export const temporalClient = (): typeof TemporalClient => load('@temporalio/client') as typeof TemporalClient;
