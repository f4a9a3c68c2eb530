/** One question to the workers of several environments. */
import { SlipwayError } from '../release/errors';
import type { Io } from './io';

/**
 * What `look` finds in each of the environments that answer; the others are remarked on, and counted in `silent`. If
 * none answers, that is the answer: fails as the first of them did.
 */
export async function lookEverywhere<T>(
  io: Pick<Io, 'remark'>,
  environments: readonly string[],
  look: (environment: string) => Promise<T>,
): Promise<{ readonly found: T[]; readonly silent: readonly SlipwayError[] }> {
  const results = await Promise.allSettled(environments.map((environment) => look(environment)));
  const failed = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  if (failed.length === results.length) throw failed[0];
  const silent = failed.map((error) => {
    if (!(error instanceof SlipwayError)) throw error;
    io.remark(`${error.message} ${error.todo}`);
    return error;
  });
  return { found: results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])), silent };
}
