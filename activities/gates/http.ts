import { resolveReferences } from '../../release/env-references';
import { readGateAnswer } from '../../release/gate-answer';
import type { HttpGate } from '../../release/gate-rule';
import { mayAnswerLater, httpRequest } from '../checks/http-request';
import { filledAddress } from './address';
import { lookOf } from './command';
import type { GateKind, GateLook } from './gate-kind';
import { questionDocument } from './question-document';
import { ofRelease } from './subjects';

/** A request. The answer is the same JSON as a program's; what a server cannot answer now is waited for. */
export const http: GateKind<HttpGate> = {
  kind: 'http',
  subject: ofRelease,
  async look(question, context) {
    const { rule, release } = question;
    const { url, headers } = resolveReferences(
      { url: rule.url, headers: rule.headers },
      context.lookup,
      `gate ${rule.name}`,
    );
    const isPost = rule.method === 'POST';
    const outcome = await httpRequest({
      url: filledAddress(url, release),
      method: rule.method,
      headers: { accept: 'application/json', ...(isPost && { 'content-type': 'application/json' }), ...headers },
      ...(isPost && { body: questionDocument(question, context) }),
      timeout: rule.timeout,
      redirects: 0,
      signal: context.signal,
      maxBytes: 64 * 1024,
    });
    if ('noAnswer' in outcome) return waiting(`no answer: ${outcome.noAnswer}`);
    const { status, text } = outcome.answer;
    if (mayAnswerLater(status)) return waiting(`it answered ${status}`);
    if (status < 200 || status >= 300) return { verdict: 'unknown', detail: `it answered ${status}, not 200` };
    const answer = readGateAnswer(text);
    if ('malformed' in answer) {
      return { verdict: 'unknown', detail: `it answered ${status} with what is no answer: ${answer.malformed}` };
    }
    return lookOf(answer);
  },
};

const waiting = (detail: string): GateLook => ({ verdict: 'unknown', detail, pending: {} });
