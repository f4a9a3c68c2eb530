import { randomUUID } from 'node:crypto';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import type { DecisionKind, DecisionVerdict, ResolveAction, DecisionSignature } from '../release/decision';
import { SlipwayError } from '../release/errors';
import { decisionSignals, decisionUpdates } from '../workflows/messages';
import { lookUpRelease } from './list-releases';
import { pause } from './pause';
import { temporalClient } from './temporal-client';
import { asSlipwayError, grpcCode, isTransient } from './temporal-errors';

/** What a person says to a release. */
export interface DecisionPayload {
  /** The same id is the same decision, however often it is sent; made up if absent. */
  readonly id?: string;
  readonly by: string;
  /** Comment or reason. */
  readonly comment?: string;
  /** approve, tick, untick: at least 8 digits of the plan's digest. */
  readonly digest?: string;
  /** approve: ids of what is acknowledged. */
  readonly acknowledge?: readonly string[];
  /** resolve. */
  readonly action?: ResolveAction;
  /** override: which soft guard. */
  readonly guard?: string;
  /** tick, untick: the number or the words of an item. */
  readonly item?: string | number;
  /** By a key of the person, over release/signature.ts `signedText`. */
  readonly signature?: DecisionSignature;
}

/** What became of a decision: judged, or only sent, because no worker answered; then it is judged when one is back. */
export type Delivery =
  { readonly how: 'judged'; readonly verdict: DecisionVerdict } | { readonly how: 'sent'; readonly id: string };

/**
 * Sends a decision to a release as an update, which answers what became of it. If none comes within `patience`
 * milliseconds, sends the signal of the same name with the same decision id: that one waits for a worker.
 * Fails with RELEASE_FINISHED, RELEASE_UNKNOWN, DECISION_REFUSED (its `detail` says why), DECISION_OPEN (it is not known
 * who it is by, so far) or TEMPORAL_UNREACHABLE.
 */
export async function decide(
  client: Client,
  releaseId: string,
  kind: DecisionKind,
  payload: DecisionPayload,
  patience = 5_000,
): Promise<Delivery> {
  const decision = { ...payload, id: payload.id ?? randomUUID() };
  const handle = client.workflow.getHandle(releaseId);
  try {
    const verdict = await update(client, handle, kind, decision, Date.now() + patience);
    if (!verdict) {
      await handle.signal(decisionSignals[kind], decision);
      return { how: 'sent', id: decision.id };
    }
    if (verdict.isOpen) throw new SlipwayError('DECISION_OPEN', { detail: verdict.detail, id: releaseId });
    if (!verdict.accepted) throw refused(verdict.detail, releaseId);
    return { how: 'judged', verdict };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw await gone(client, releaseId, error);
    throw asSlipwayError(error);
  }
}

/** The verdict, or undefined if there was none before the deadline. */
async function update(
  client: Client,
  handle: WorkflowHandle,
  kind: DecisionKind,
  decision: DecisionPayload & { readonly id: string },
  deadline: number,
): Promise<DecisionVerdict | undefined> {
  while (Date.now() < deadline) {
    try {
      const options = { args: [decision] as [unknown], updateId: decision.id };
      return await client.connection.withDeadline(deadline, () => handle.executeUpdate(decisionUpdates[kind], options));
    } catch (error) {
      if (error instanceof temporalClient().WorkflowUpdateRPCTimeoutOrCancelledError) return undefined;
      // The server says so now and then while a worker comes or goes; the same update id counts once.
      if (!isTransient(error)) throw error;
      await pause(200);
    }
  }
  return undefined;
}

function refused(detail: string, id: string): SlipwayError {
  return new SlipwayError('DECISION_REFUSED', { detail, hint: `Look at \`slipway status ${id}\`.` });
}

/** Why a release takes no decision: it ended, or never was. */
async function gone(client: Client, id: string, cause: unknown): Promise<SlipwayError> {
  const found = await lookUpRelease(client, id);
  if (!found) return new SlipwayError('RELEASE_UNKNOWN', { id }, { cause });
  if (found.running) return asSlipwayError(cause);
  return new SlipwayError('RELEASE_FINISHED', { id, outcome: found.outcome ?? found.status }, { cause });
}

/** Whether an error means that a workflow does not exist. */
export function isNotFound(error: unknown): boolean {
  return error instanceof WorkflowNotFoundError || grpcCode(error) === 5;
}
