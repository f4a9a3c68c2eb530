import { resolveReferences } from '../../release/env-references';
import { judgeHttp } from '../../release/judge-http';
import type { HttpCheck } from '../../release/project';
import type { CheckContext, CheckKind } from './check-kind';
import { httpRequest, type HttpRequest } from './http-request';
import { tryUntilPassed, type Look } from './tries';

/** A request, and what its answer must be. */
export const http: CheckKind<HttpCheck> = {
  kind: 'http',
  run(check, context) {
    const { url, headers, body, method, timeout, redirects } = check;
    const parts = resolveReferences({ url, headers, body }, context.lookup, `check ${check.name}`);
    const request = { ...parts, method, timeout, redirects, signal: context.signal };
    return tryUntilPassed(check, () => look(check, request, context), context);
  },
};

async function look(check: HttpCheck, request: HttpRequest, { redact }: CheckContext): Promise<Look> {
  const outcome = await httpRequest(request);
  if ('noAnswer' in outcome) return { verdict: 'unknown', detail: `no answer: ${outcome.noAnswer}` };
  return { ...judgeHttp(check, outcome.answer, redact), latency: outcome.answer.latency };
}
