/** An environment while it is watched: who holds it, who waits and for what, what is live. */
import type { Client } from '@temporalio/client';
import type { ErrorReport } from '../release/errors';
import type { Phase } from '../release/phase';
import { emptyEnvironment, type EnvironmentState } from '../release/environment-state';
import type { WaitingFor } from '../release/state';
import { environmentStateIfAny } from './ask-environment';
import { pause } from './pause';
import { releaseState } from './release-state';
import type { Place } from './silence';
import { asSlipwayError } from './temporal-errors';

/** A release that is under way, in short. */
export interface UnderWay {
  readonly id: string;
  readonly phase: Phase;
  readonly waitingFor: WaitingFor | null;
}

/** What was seen at one moment: the environment, or why there was no answer. */
export type EnvironmentSighting =
  | { readonly saw: 'state'; readonly state: EnvironmentState; readonly underWay: readonly UnderWay[] }
  | { readonly saw: 'silence'; readonly error: ErrorReport };

/** So many releases are looked into: nobody reads more, and each look is a question to a worker. */
const looksInto = 10;

/** Milliseconds between two looks. */
const lookEvery = 1_000;

/** Looks until `signal` is aborted. No answer is told, and tried again. */
export async function* followEnvironment(
  client: Client,
  place: Place,
  signal: AbortSignal,
): AsyncGenerator<EnvironmentSighting> {
  while (!signal.aborted) {
    yield await look(client, place);
    await pause(lookEvery, signal);
  }
}

async function look(client: Client, place: Place): Promise<EnvironmentSighting> {
  try {
    const state = (await environmentStateIfAny(client, place)) ?? emptyEnvironment;
    const some = state.queue.slice(0, looksInto);
    const looks = await Promise.all(some.map(({ releaseId }) => underWay(client, releaseId)));
    return { saw: 'state', state, underWay: looks.filter((one) => one !== undefined) };
  } catch (error) {
    return { saw: 'silence', error: asSlipwayError(error).report };
  }
}

/** One that has just ended, or does not answer, is left out this time. */
async function underWay(client: Client, id: string): Promise<UnderWay | undefined> {
  const state = await releaseState(client, id).catch(() => undefined);
  return state && { id, phase: state.phase, waitingFor: state.waitingFor };
}
