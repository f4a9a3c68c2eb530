import { clip } from '../../release/clip';
import { formatDuration } from '../../release/durations';
import { SlipwayError, errorTable } from '../../release/errors';
import type { GateReport } from '../../release/gate';
import { tidyEvidence } from '../../release/gate-answer';
import type { Attempt, Surroundings } from '../surroundings';
import { GateUnanswered, type GateLook, type GateQuestion } from './gate-kind';
import { lookAtGate } from './kinds';

/** Milliseconds that one look may take, whatever its kind. */
const lookLimit = 150_000;

const longestDetail = 400;

/** What one look at a gate came to. `after`: milliseconds in which it is no use to ask again. */
export interface AskedGate {
  readonly report: GateReport;
  readonly after: number;
}

/**
 * Looks at a gate once. `before` is its last report: a pending gate is waited for from its first one on, and when that
 * has been long enough, what is known then is the answer. Throws only the attempt's reason when that is cancelled.
 */
export async function askGate(
  question: GateQuestion,
  surroundings: Surroundings,
  attempt: Attempt,
  before?: GateReport,
): Promise<AskedGate> {
  const { rule, id } = question;
  const look = await lookSafely(question, surroundings, attempt);
  const now = Date.now();
  const since = before?.pending?.since ?? new Date(now).toISOString();
  const until = Date.parse(since) + rule.wait;
  const asked = (detail: string, rest: Partial<GateReport>): AskedGate => ({
    after: look.pending?.after ?? 0,
    report: {
      id,
      hard: rule.guard === 'hard',
      verdict: look.verdict,
      detail: clip(surroundings.redact(detail), longestDetail) || rule.kind,
      ...(look.evidence?.length && { evidence: tidyEvidence(look.evidence, surroundings.redact) }),
      ...rest,
    },
  });
  if (!look.pending) return asked(look.detail, {});
  if (now < until) {
    return asked(look.detail, { verdict: 'unknown', pending: { since, until: new Date(until).toISOString() } });
  }
  const { verdict, detail } = look.pending.over ?? { verdict: 'unknown' as const, detail: look.detail };
  return asked(rule.wait > 0 ? `${detail}; waited ${formatDuration(rule.wait)} for it` : detail, { verdict });
}

async function lookSafely(question: GateQuestion, surroundings: Surroundings, attempt: Attempt): Promise<GateLook> {
  const { lookup, redact, workspaces, environments } = surroundings;
  const limit = AbortSignal.timeout(lookLimit);
  const signal = AbortSignal.any([attempt.signal, limit]);
  try {
    return await lookAtGate(question, { lookup, redact, workspaces, environments, signal });
  } catch (error) {
    attempt.signal.throwIfAborted();
    if (error instanceof GateUnanswered) return error.look;
    if (error instanceof SlipwayError) {
      const detail = error.message.replace(/\.$/, '');
      return { verdict: 'unknown', detail, ...(errorTable[error.code].retryable && { pending: {} }) };
    }
    if (!limit.aborted) throw error;
    return { verdict: 'unknown', detail: `no answer within ${formatDuration(lookLimit)}`, pending: {} };
  }
}
