import { formatDuration } from '../../release/durations';
import { readGateAnswer } from '../../release/gate-answer';
import type { CommandGate } from '../../release/gate-rule';
import type { ProgramResult } from '../process/run-program';
import type { GateKind, GateLook } from './gate-kind';
import { endOf, runForGate } from './program';
import { questionDocument } from './question-document';
import { ofRelease } from './subjects';

/**
 * A program on the worker, without a shell. It reads the question as JSON, and prints its answer as JSON; without a
 * word its exit code is the answer: 0 passed, 1 failed, everything else could not tell. Killed with all that it
 * started when its time is over.
 */
export const command: GateKind<CommandGate> = {
  kind: 'command',
  subject: ofRelease,
  async look(question, context) {
    const { command } = question.rule;
    const input = questionDocument(question, context);
    const result = await runForGate(question, context, command, { input, limit: 64 * 1024 });
    return judge(result, command.timeout);
  },
};

function judge(result: ProgramResult, timeout: number): GateLook {
  const unknown = (detail: string): GateLook => ({ verdict: 'unknown', detail });
  // One slow run, on a busy worker, must not end a release which people have approved.
  if (result.timedOut) return { ...unknown(`the program did not end within ${formatDuration(timeout)}`), pending: {} };
  const ended = endOf(result);
  if (result.code !== 0 && result.code !== 1) return unknown(ended);
  if (result.stdout.trim() === '') {
    return { verdict: result.code === 0 ? 'passed' : 'failed', detail: ended };
  }
  const answer = readGateAnswer(result.stdout);
  if ('malformed' in answer) return unknown(`${ended}, but what it printed is no answer: ${answer.malformed}`);
  if (result.code === 1 && answer.verdict !== 'failed') {
    return unknown(`${ended}, but printed ${answer.verdict}: only one of them can be right`);
  }
  return lookOf(answer);
}

/** An answer of the contract as a look. */
export function lookOf({
  verdict,
  detail,
  evidence,
}: Exclude<ReturnType<typeof readGateAnswer>, { malformed: string }>): GateLook {
  if (verdict !== 'pending') return { verdict, detail: detail || `it says ${verdict}`, evidence };
  return { verdict: 'unknown', detail: detail || 'it has not decided yet', evidence, pending: {} };
}
