/** Short workflows that ask the ledger, since only workers have its address. */
import type { HistoryInput, HistoryPage, ReleasePage, ReleasePageInput } from '../release/ledger-answers';
import { isObject } from '../release/release-request';
import { slipwayFailure } from './failure';
import { activity } from './proxies';

/** The releases of an environment, newest first. */
export async function ledgerHistory(input: HistoryInput): Promise<HistoryPage> {
  requireQuestion(input, 'a history');
  return activity.readHistory(input, `Releases of ${input.environment}`);
}

/** A page of all that is known of a release. */
export async function ledgerRelease(input: ReleasePageInput): Promise<ReleasePage> {
  requireQuestion(input, 'an account of a release');
  if (typeof input.name !== 'string') throw invalid('an account of a release', '"name" is no text');
  return activity.readRelease(input, `All of ${input.name}`);
}

function requireQuestion(input: unknown, what: string): void {
  if (!isObject(input)) throw invalid(what, 'it is no object');
  const missing = ['project', 'environment'].find((name) => typeof input[name] !== 'string');
  if (missing) throw invalid(what, `"${missing}" is no text`);
}

const invalid = (what: string, problem: string) => slipwayFailure('REQUEST_INVALID', { what, problem });
