import type { Client } from '@temporalio/client';
import { type ErrorReport, SlipwayError } from '../release/errors';
import type { ReleaseResult, ReleaseState } from '../release/state';
import { lookUpRelease } from './list-releases';
import { pause } from './pause';
import { releaseState, waitForResult } from './release-state';

/** A terminated release is noticed every so many looks: it costs a question more. */
const TERMINATION_CHECK = 5;

/** What a look at a release saw. */
export type Sighting =
  | { readonly saw: 'state'; readonly state: ReleaseState }
  /** Nobody answers now; the next look may see more. */
  | { readonly saw: 'silence'; readonly error: ErrorReport }
  /** It has ended; the last sighting. */
  | { readonly saw: 'end'; readonly result: ReleaseResult };

/**
 * Looks at a release every `interval` milliseconds until it has ended or `signal` is aborted. A missing worker or
 * server, or a worker that cannot go on, is a sighting, no failure. Fails with RELEASE_UNKNOWN or RELEASE_TERMINATED.
 */
export async function* followRelease(
  client: Client,
  id: string,
  { interval = 400, signal }: { readonly interval?: number; readonly signal?: AbortSignal } = {},
): AsyncGenerator<Sighting, void, void> {
  for (let looks = 0; !signal?.aborted; looks++) {
    const sighting = await look(client, id, looks % TERMINATION_CHECK === TERMINATION_CHECK - 1);
    yield sighting;
    if (sighting.saw === 'end') return;
    if (sighting.saw === 'state' && sighting.state.result) {
      // The workflow closes a moment after it has made its result.
      yield { saw: 'end', result: sighting.state.result };
      return;
    }
    await pause(interval, signal);
  }
}

async function look(client: Client, id: string, mayBeTerminated: boolean): Promise<Sighting> {
  try {
    const state = await releaseState(client, id);
    if (mayBeTerminated && !state.result && (await wasTerminated(client, id))) return await ended(client, id);
    return { saw: 'state', state };
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    if (error.code === 'TEMPORAL_UNREACHABLE') return { saw: 'silence', error: error.report };
    if (error.code !== 'NO_WORKER' && error.code !== 'WORKER_INCOMPATIBLE') throw error;
    return (await lookUpQuietly(client, id)) === false ? ended(client, id) : { saw: 'silence', error: error.report };
  }
}

/** A terminated workflow still answers queries, with the state in which it was. */
async function wasTerminated(client: Client, id: string): Promise<boolean> {
  if ((await lookUpQuietly(client, id)) !== false) return false;
  const again = await releaseState(client, id).catch(() => undefined);
  return again !== undefined && again.result === null;
}

/** Whether the release runs, as far as the server can say. */
async function lookUpQuietly(client: Client, id: string): Promise<boolean | undefined> {
  return (await lookUpRelease(client, id).catch(() => undefined))?.running;
}

async function ended(client: Client, id: string): Promise<Sighting> {
  return { saw: 'end', result: await waitForResult(client, id) };
}
