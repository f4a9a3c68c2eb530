import type { CheckResult } from '../../release/check-result';
import type { Check } from '../../release/project';
import type { Surroundings } from '../surroundings';

/** What a check has of the world. */
export interface CheckContext extends Pick<Surroundings, 'lookup' | 'redact'> {
  readonly signal: AbortSignal;
}

/** The port that every kind of check implements; the kinds are listed in kinds.ts. */
export interface CheckKind<C extends Check = Check> {
  readonly kind: C['kind'];
  /**
   * Looks, as often as the check allows. A wrong answer is `failed`, none is `unknown`. Throws only if the check cannot
   * be run at all (ENV_REFERENCE_UNDEFINED), or the signal's reason when that aborts.
   */
  run(check: C, context: CheckContext): Promise<CheckResult>;
}
