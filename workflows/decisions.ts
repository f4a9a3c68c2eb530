/** How a release takes people's messages: noted, judged at once against its state, and answered. */
import { setDefaultSignalHandler, setHandler } from '@temporalio/workflow';
import { mayApprove, refuseApproval } from '../release/approval';
import { clip } from '../release/clip';
import {
  decisionKinds,
  parseDecision,
  type Decision,
  type DecisionKind,
  type DecisionVerdict,
} from '../release/decision';
import { personCalled, samePerson } from '../release/people';
import { isObject } from '../release/release-request';
import { decisionSignals, decisionUpdates, lockGrantedSignal, lockQueuedSignal, stateQuery } from './messages';
import type { ReleaseRun } from './release-run';

/** Registers every handler; called in the first synchronous lines of the workflow, so that nothing early is lost. */
export function takeMessages(run: ReleaseRun): void {
  setHandler(stateQuery, () => run.state, { description: 'The whole state of this release.' });
  let arrived = 0;
  const record = new MessageRecord(run);
  for (const kind of decisionKinds) {
    const take = (payload: unknown): DecisionVerdict => judge(run, record, kind, payload, `message-${++arrived}`);
    setHandler(decisionSignals[kind], (payload) => void take(payload), { description: descriptions[kind] });
    setHandler(decisionUpdates[kind], take, { description: descriptions[kind] });
  }
  setHandler(lockGrantedSignal, (granted) => {
    // By hand it would not say so: only the environment grants, and only to one that has asked.
    if (!isObject(granted) || typeof granted.note !== 'string' || !run.lock.asked) {
      return record.ignored('ignored a grant of the lock that the environment did not send');
    }
    run.lock.granted = true;
    if (granted.note) run.note('note', granted.note);
  });
  setHandler(lockQueuedSignal, (queued) => {
    if (!isObject(queued) || typeof queued.behind !== 'string') {
      return record.ignored('ignored a place in the queue that the environment did not send');
    }
    run.lock.behind = queued.behind;
    run.note('note', `${run.input.environment} is held by ${queued.behind}: waiting for it`);
  });
  setDefaultSignalHandler((name) => record.ignored(`ignored an unknown message: ${clip(name, 100)}`));
}

/** So many messages that did not count are shown: anybody may send any number, and people must be able to read on. */
const SHOWN_REFUSALS = 200;

/** What became of the messages that a release got. */
class MessageRecord {
  private refusals = 0;
  /** By kind and id: the same decision sent twice counts once, another kind under the same id is another decision. */
  private readonly verdicts = new Map<string, DecisionVerdict>();

  constructor(private readonly run: ReleaseRun) {}

  verdictOn({ kind, id }: Decision): DecisionVerdict | undefined {
    return this.verdicts.get(`${kind} ${id}`);
  }

  judged(decision: Decision, verdict: DecisionVerdict, text: string): void {
    if (!verdict.accepted && !this.mayShow()) return;
    this.verdicts.set(`${decision.kind} ${decision.id}`, verdict);
    this.run.decided(decision, verdict, text);
  }

  ignored(text: string): void {
    if (this.mayShow()) this.run.note('note', text);
  }

  private mayShow(): boolean {
    this.refusals += 1;
    if (this.refusals === SHOWN_REFUSALS + 1) {
      this.run.note('note', `${SHOWN_REFUSALS} messages did not count; more of them are not shown`);
    }
    return this.refusals <= SHOWN_REFUSALS;
  }
}

const descriptions: Readonly<Record<DecisionKind, string>> = {
  approve: 'Approve the plan: {"by": "you", "digest": "first 8 or more digits of the plan\'s digest"}',
  reject: 'Say no: {"by": "you", "reason": "why"}. After a change it rolls back.',
  pause: 'Hold before the next change: {"by": "you", "reason": "why"}',
  resume: 'Go on after a pause: {"by": "you"}',
  skipWait:
    'End the verify wait, the monitoring window or the proof of the old version now: {"by": "you", "reason": "why"}',
  rollback: 'Stop and put everything back: {"by": "you", "reason": "why"}',
  resolve: 'Decide on a step that needs attention: {"by": "you", "action": "retry|skip|done|abandon", "reason": "why"}',
};

function judge(
  run: ReleaseRun,
  record: MessageRecord,
  kind: DecisionKind,
  payload: unknown,
  fallbackId: string,
): DecisionVerdict {
  const parsed = parseDecision(kind, payload, fallbackId);
  if ('problem' in parsed) {
    record.ignored(`ignored ${kind === 'approve' ? 'an' : 'a'} ${kind} that cannot be read: ${parsed.problem}`);
    return { id: fallbackId, accepted: false, detail: parsed.problem };
  }
  const decision = { ...parsed.decision, person: nameOf(run, parsed.decision.by) };
  const seen = record.verdictOn(decision);
  if (seen) return seen;
  const refusal = act[kind](run, decision);
  const words = decision.comment ? ` (“${clip(decision.comment, 300)}”)` : '';
  const said = `${kind}${decision.action ? ` ${decision.action}` : ''} by ${decision.person}, ${decision.proof}${words}`;
  const verdict = refusal
    ? { id: decision.id, accepted: false, detail: refusal }
    : { id: decision.id, accepted: true, detail: `${said}: accepted` };
  record.judged(decision, verdict, refusal ? `${said}: not accepted, ${refusal}` : verdict.detail);
  return verdict;
}

/** The one name of whom a decision is by. */
const nameOf = (run: ReleaseRun, said: string): string => personCalled(run.input.project, said)?.name ?? said;

/** Does what a decision asks for, or returns one sentence why not. */
type Act = (run: ReleaseRun, decision: Decision) => string | undefined;

const act: Readonly<Record<DecisionKind, Act>> = {
  approve: (run, decision) => {
    const { plan, phase, approvals } = run.state;
    if (phase === 'ended') return ended(run);
    if (!plan || phase === 'looking') return 'there is no plan yet: approve it when it is shown';
    if (phase !== 'awaiting approval') return `nothing waits for approval (it is ${phase})`;
    const refusal = refuseApproval(plan, approvals, decision, run.input.project);
    if (refusal) return refusal;
    const { person, id, comment } = decision;
    approvals.push({ by: person, digest: plan.digest, decisionId: id, comment, at: new Date().toISOString() });
    return undefined;
  },
  reject: (run, decision) => {
    const rules = run.environment.approvals;
    const mayReject =
      samePerson(run.input.project, decision.by, run.input.requestedBy) ||
      rules.length === 0 ||
      rules.some((rule) => mayApprove(rule, decision.person));
    if (!mayReject)
      return `${decision.person} is neither an approver nor the one who asked for it; \`rollback\` is open to anyone`;
    return stopForward(run, 'REJECTED', decision);
  },
  rollback: (run, decision) => stopForward(run, 'ROLLBACK_REQUESTED', decision),
  pause: (run, { person: by }) => {
    if (!isForward(run)) return notForward(run);
    if (run.state.paused) return `it is paused already, by ${run.state.paused.by}`;
    run.state.paused = { by, until: new Date(Date.now() + run.environment.pauseLimit).toISOString() };
    return undefined;
  },
  resume: (run) => {
    if (!run.state.paused) return 'it is not paused';
    run.state.paused = null;
    return undefined;
  },
  skipWait: (run) => {
    if (!['verifying', 'monitoring', 'proving'].includes(run.state.phase))
      return `there is no wait to skip (it is ${run.state.phase})`;
    run.skipAsked = true;
    return undefined;
  },
  resolve: (run, decision) => {
    if (run.state.phase === 'ended') return ended(run);
    if (!run.state.attention) return `nothing needs a decision (it is ${run.state.phase})`;
    run.resolution = decision;
    return undefined;
  },
};

/** Stops the forward path, or, where a failure was only reported, lets the rollback begin. */
function stopForward(run: ReleaseRun, code: 'REJECTED' | 'ROLLBACK_REQUESTED', decision: Decision): string | undefined {
  const isReported = run.state.attention?.step === REPORTED_FAILURE;
  if (!isForward(run) && !isReported) return notForward(run);
  run.interrupt(code, { by: decision.person, reason: decision.comment || 'no reason given' });
  if (isReported) run.resolution = decision;
  return undefined;
}

/** The step under which a failure waits for a person where the environment says `onFailure: report`. */
export const REPORTED_FAILURE = 'failure';

const backward = new Set(['rolling back', 'proving', 'needs attention', 'finishing', 'ended']);
const isForward = (run: ReleaseRun): boolean => !run.interruption && !backward.has(run.state.phase);

function notForward(run: ReleaseRun): string {
  if (run.state.phase === 'ended') return ended(run);
  return run.state.phase === 'finishing' ? 'it has succeeded and is finishing' : 'it is rolling back already';
}

const ended = (run: ReleaseRun): string =>
  `it is finished (${run.state.result?.outcome ?? 'ended'}): your decision was not counted`;
