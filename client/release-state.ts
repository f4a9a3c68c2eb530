import { CancelledFailure, ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common';
import type { Client } from '@temporalio/client';
import { SlipwayError } from '../release/errors';
import { parseReleaseWorkflowId } from '../release/identity';
import type { ReleaseResult, ReleaseState } from '../release/state';
import { stateQuery } from '../workflows/messages';
import { tellsStandstill, whySilent } from './silence';
import { temporalClient } from './temporal-client';
import { asSlipwayError, isSilence, reportInside } from './temporal-errors';

/**
 * The whole state of a release, also of a finished one. Fails with RELEASE_UNKNOWN, with NO_WORKER if none answered
 * within `patience` milliseconds, WORKER_INCOMPATIBLE if it stands still, or TEMPORAL_UNREACHABLE.
 */
export async function releaseState(client: Client, id: string, patience = 3_000): Promise<ReleaseState> {
  try {
    const handle = client.workflow.getHandle(id);
    return await client.connection.withDeadline(Date.now() + patience, () => handle.query(stateQuery));
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw new SlipwayError('RELEASE_UNKNOWN', { id }, { cause: error });
    if (isSilence(error) || tellsStandstill(error)) {
      throw await whySilent(client, id, parseReleaseWorkflowId(id) ?? { project: '?', environment: '?' }, error);
    }
    throw asSlipwayError(error);
  }
}

/**
 * Waits until a release has ended and returns its result, which stands in its history: needs no worker. Fails with
 * RELEASE_UNKNOWN, RELEASE_TERMINATED (somebody ended the workflow from outside) or TEMPORAL_UNREACHABLE.
 * A cancelled release's result is only known to a worker; without one its outcome is all that is returned.
 */
export async function waitForResult(client: Client, id: string): Promise<ReleaseResult> {
  try {
    return (await client.workflow.getHandle(id).result()) as ReleaseResult;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw new SlipwayError('RELEASE_UNKNOWN', { id }, { cause: error });
    if (!(error instanceof temporalClient().WorkflowFailedError)) throw asSlipwayError(error);
    const { cause } = error;
    // A recovery has no result of its own: it fails with why it could not begin.
    const refusal = reportInside(error);
    if (refusal) throw new SlipwayError(refusal.code, refusal.details, { cause: error });
    if (cause instanceof CancelledFailure) return cancelledResult(client, id);
    const result = cause instanceof ApplicationFailure ? (cause.details?.[0] as ReleaseResult | undefined) : undefined;
    if (result?.outcome) return result;
    throw new SlipwayError('RELEASE_TERMINATED', { id, how: cause?.message ?? error.message }, { cause: error });
  }
}

async function cancelledResult(client: Client, id: string): Promise<ReleaseResult> {
  const known = await releaseState(client, id).catch(() => undefined);
  if (known?.result) return known.result;
  const { startTime, closeTime } = await client.workflow.getHandle(id).describe();
  return {
    outcome: 'cancelled',
    services: [],
    undone: [],
    schemaDebt: [],
    failure: null,
    drift: [],
    startedAt: startTime.toISOString(),
    endedAt: (closeTime ?? startTime).toISOString(),
  };
}
