import type { CheckResult } from '../../release/check-result';
import type { Check } from '../../release/project';
import type { CheckContext, CheckKind } from './check-kind';
import { http } from './http';

/** Every kind of check. A new one is one more line here. */
const kinds: { readonly [K in Check['kind']]: CheckKind<Extract<Check, { kind: K }>> } = { http };

/** Runs a check by its kind. */
export function runCheck(check: Check, context: CheckContext): Promise<CheckResult> {
  return kinds[check.kind].run(check, context);
}
