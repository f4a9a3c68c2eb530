import type { CheckResult } from '../../release/check-result';
import type { Check } from '../../release/project';
import type { Attempt, Surroundings } from '../surroundings';
import { runCheck } from './kinds';

/**
 * Runs all checks at the same time and reports each, in their order. Throws only after all have ended: what
 * `CheckKind.run` throws.
 */
export async function checkAll(
  checks: readonly Check[],
  { lookup, redact }: Pick<Surroundings, 'lookup' | 'redact'>,
  { signal }: Pick<Attempt, 'signal'>,
): Promise<CheckResult[]> {
  const running = checks.map(async (check) => runCheck(check, { lookup, redact, signal }));
  await Promise.allSettled(running);
  return Promise.all(running);
}
