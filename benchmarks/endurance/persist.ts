import { randomUUID } from 'node:crypto';
import { SlipwayError } from '../../release/errors';

/** Sends it again, as the same request, as long as the worker is too busy to answer in time; ten times at most. */
export async function persist<T>(send: (requestId: string) => Promise<T>, onAgain: () => void): Promise<T> {
  const requestId = randomUUID();
  for (let tries = 1; ; tries++) {
    try {
      return await send(requestId);
    } catch (error) {
      const isSilence = error instanceof SlipwayError && ['NO_WORKER', 'REQUEST_UNANSWERED'].includes(error.code);
      if (!isSilence || tries === 10) throw error;
      onAgain();
    }
  }
}
