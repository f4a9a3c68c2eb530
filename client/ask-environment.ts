import type { SignalDefinition } from '@temporalio/common';
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { RequestAnswer } from '../release/environment-state';
import { SlipwayError } from '../release/errors';
import { environmentWorkflowId } from '../release/identity';
import { environmentStart } from '../workflows/environment-start';
import { answerQuery, environmentStateQuery, type EnvironmentState } from '../workflows/messages';
import { isNotFound } from './decide';
import { pause } from './pause';
import { tellsStandstill, whySilent, type Place } from './silence';
import { asSlipwayError, isBusy, isSilence, isTransient } from './temporal-errors';

/** Milliseconds between two looks for the answer, at first and at most. */
const firstPause = 50;
const longestPause = 1_000;

/** Something that is asked of an environment. The same `requestId` is the same request, however often it is sent. */
export interface EnvironmentRequest<P extends { readonly requestId: string }> {
  readonly place: Place;
  readonly signal: SignalDefinition<[P]>;
  readonly payload: P;
  /** For people, should there be no answer: "the release of 1.2.0". */
  readonly what: string;
}

/**
 * Asks an environment for something, and returns its answer; fails with what it refused. Fails with NO_WORKER if none
 * answers within `patience` milliseconds (nothing is done then, nor later), REQUEST_UNANSWERED, or TEMPORAL_UNREACHABLE.
 */
export async function askEnvironment<P extends { readonly requestId: string }>(
  client: Client,
  request: EnvironmentRequest<P>,
  patience = 10_000,
): Promise<Exclude<RequestAnswer, { readonly refused: unknown }>> {
  try {
    await environmentState(client, request.place, patience);
    const answer = await send(client, request, Date.now() + patience);
    if ('refused' in answer) throw new SlipwayError(answer.refused.code, answer.refused.details);
    return answer;
  } catch (error) {
    throw asSlipwayError(error);
  }
}

/**
 * Who holds an environment, who waits and what is live. A server keeps a message that nobody takes and hands it to a
 * worker that comes later, long after we have said that nothing was done; this question leaves no trace but the
 * environment's workflow. Fails with NO_WORKER if none answers within `patience` milliseconds, and with
 * WORKER_INCOMPATIBLE.
 */
export async function environmentState(client: Client, place: Place, patience = 10_000): Promise<EnvironmentState> {
  const deadline = Date.now() + patience;
  const { workflowId, ...start } = environmentStart(place.project, place.environment);
  try {
    const handle = await client.workflow.start('environment', { workflowId, ...start });
    for (;;) {
      try {
        return await client.connection.withDeadline(deadline, () => stateOf(handle));
      } catch (error) {
        const isFinal = tellsStandstill(error);
        if (!isFinal && !isSilence(error) && !isBusy(error)) throw error;
        if (isFinal || Date.now() >= deadline) throw await whySilent(client, workflowId, place, error);
        await pause(200);
      }
    }
  } catch (error) {
    throw asSlipwayError(error);
  }
}

/**
 * The same of an environment that was asked for something before; undefined if it never was. Starts nothing. Fails with
 * NO_WORKER if none answers within `patience` milliseconds, and with WORKER_INCOMPATIBLE.
 */
export async function environmentStateIfAny(
  client: Client,
  place: Place,
  patience = 10_000,
): Promise<EnvironmentState | undefined> {
  const id = environmentWorkflowId(place.project, place.environment);
  try {
    const handle = client.workflow.getHandle(id);
    return await client.connection.withDeadline(Date.now() + patience, () => stateOf(handle));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    if (isSilence(error) || tellsStandstill(error)) throw await whySilent(client, id, place, error);
    throw asSlipwayError(error);
  }
}

/** What it knows, once it knows what the run before it knew. */
async function stateOf(handle: Pick<WorkflowHandle, 'query'>): Promise<EnvironmentState> {
  for (;;) {
    const state = await handle.query(environmentStateQuery);
    if (!state.recalling) return state;
    await pause(firstPause);
  }
}

/** Sends the request, which is durable from then on, and looks for its answer. */
async function send<P extends { readonly requestId: string }>(
  client: Client,
  { place, signal, payload, what }: EnvironmentRequest<P>,
  deadline: number,
): Promise<RequestAnswer> {
  const start = environmentStart(place.project, place.environment);
  let lost: unknown;
  let isSent = false;
  for (let wait = firstPause; ; wait = Math.min(wait * 1.5, longestPause)) {
    try {
      const answer = await client.connection.withDeadline(deadline, async () => {
        const options = { ...start, signal, signalArgs: [payload] as [P] };
        if (!isSent) await client.workflow.signalWithStart('environment', options);
        isSent = true;
        return client.workflow.getHandle(start.workflowId).query(answerQuery, payload.requestId);
      });
      if (answer) return answer;
      lost = undefined;
    } catch (error) {
      if (!isTransient(error)) throw error;
      lost = error;
    }
    if (Date.now() >= deadline) {
      const { environment } = place;
      throw new SlipwayError('REQUEST_UNANSWERED', { what, environment }, { cause: lost });
    }
    await pause(wait);
  }
}
