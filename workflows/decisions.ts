/** How a release takes people's messages: noted, judged at once against its state, and answered. */
import { CancellationScope, setDefaultSignalHandler, setHandler, sleep } from '@temporalio/workflow';
import type { Proof, ProofInput } from '../activities/contract';
import { addApproval, mayApprove, refuseApproval } from '../release/approval';
import { areFreezes } from '../release/calendar/announced';
import { clip } from '../release/clip';
import {
  decisionKinds,
  parseDecision,
  type Decision,
  type DecisionKind,
  type DecisionVerdict,
} from '../release/decision';
import { moment } from '../release/moments';
import { actOf, refuseAct } from '../release/may';
import { personCalled, samePerson } from '../release/people';
import { isObject } from '../release/release-request';
import { askForProof, proven, questionSender } from './identity';
import {
  decisionSignals,
  decisionUpdates,
  freezesSignal,
  lockGrantedSignal,
  lockQueuedSignal,
  replacedSignal,
  stateQuery,
} from './messages';
import { override } from './overrides';
import type { ReleaseRun } from './release-run';

/** Registers every handler; called in the first synchronous lines of the workflow, so that nothing early is lost. */
export function takeMessages(run: ReleaseRun): void {
  setHandler(stateQuery, () => run.state, { description: 'The whole state of this release.' });
  const record = new MessageRecord(run);
  const decisions = new Decisions(run, record);
  for (const kind of decisionKinds) {
    setHandler(decisionSignals[kind], (payload) => asSignal(decisions.take(kind, payload)), {
      description: descriptions[kind],
    });
    setHandler(decisionUpdates[kind], (payload) => decisions.take(kind, payload), { description: descriptions[kind] });
  }
  setHandler(lockGrantedSignal, (granted) => {
    // By hand it would not say so: only the environment grants, and only to one that has asked.
    if (!isObject(granted) || typeof granted.note !== 'string' || !run.lock.asked) {
      return record.ignored('ignored a grant of the lock that the environment did not send');
    }
    run.lock.granted = true;
    noteFreezes(run, granted['freezes'] ?? []);
    if (granted.note) run.note('note', granted.note);
  });
  setHandler(freezesSignal, (told) => {
    if (!isObject(told) || !noteFreezes(run, told.freezes)) {
      record.ignored('ignored a list of freezes that the environment did not send');
    }
  });
  setHandler(lockQueuedSignal, (queued) => {
    if (!isObject(queued) || typeof queued.behind !== 'string') {
      return record.ignored('ignored a place in the queue that the environment did not send');
    }
    run.lock.behind = queued.behind;
    run.note('note', `${run.input.environment} is held by ${queued.behind}: waiting for it`);
  });
  setHandler(replacedSignal, (replaced) => {
    if (!isObject(replaced) || typeof replaced.by !== 'string' || run.lock.granted) {
      return record.ignored('ignored a replacement that the environment did not send');
    }
    if (isForward(run)) run.interrupt('RELEASE_REPLACED', { by: clip(replaced.by, 500) });
  });
  setDefaultSignalHandler((name) => record.ignored(`ignored an unknown message: ${clip(name, 100)}`));
}

type Answer = DecisionVerdict | Promise<DecisionVerdict>;

/** A signal is handled once its decision is judged; nobody hears the verdict. */
const asSignal = (answer: Answer): void | Promise<void> =>
  answer instanceof Promise ? answer.then(() => undefined) : undefined;

/** Decisions that go on although who sent an earlier one is still being asked: they end the release, whatever comes. */
const neverWait: ReadonlySet<DecisionKind> = new Set<DecisionKind>(['reject', 'rollback']);

/** Milliseconds for which it is asked again who sent a decision. */
const PROOF_PATIENCE = 10 * 60_000;
const FIRST_PAUSE = 5_000;
const LONGEST_PAUSE = 60_000;

/**
 * Takes decisions: most are judged at once, in the handler. Where the sender must be proven first, that one and those
 * that come after it are judged in the order in which they came.
 */
class Decisions {
  private arrived = 0;
  /** Decisions whose turn has not come. */
  private readonly pending = new Map<string, Promise<DecisionVerdict>>();
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly run: ReleaseRun,
    private readonly record: MessageRecord,
  ) {}

  take(kind: DecisionKind, payload: unknown): Answer {
    const { run, record } = this;
    const fallbackId = `message-${++this.arrived}`;
    const parsed = parseDecision(kind, payload, fallbackId);
    if ('problem' in parsed) {
      record.ignored(`ignored ${kind === 'approve' ? 'an' : 'a'} ${kind} that cannot be read: ${parsed.problem}`);
      return { id: fallbackId, accepted: false, detail: parsed.problem };
    }
    const decision = { ...parsed.decision, person: nameOf(run, parsed.decision.by) };
    const seen = record.verdictOn(decision) ?? this.pending.get(keyOf(decision));
    if (seen) return seen;
    const question = questionSender(run, decision);
    if (question && 'refused' in question) return this.refuse(decision, question.refused);
    if (!question && (this.pending.size === 0 || neverWait.has(kind))) return this.judge(decision);
    return this.inTurn(decision, question?.ask);
  }

  private inTurn(decision: Decision, ask: ProofInput | undefined): Promise<DecisionVerdict> {
    const before = this.turn;
    const proof = ask && askForProof(ask, decision.person);
    const verdict = (async () => {
      const answer = await proof;
      await before;
      this.pending.delete(keyOf(decision));
      return ask && answer ? this.conclude(decision, ask, answer) : this.judge(decision);
    })();
    this.pending.set(keyOf(decision), verdict);
    this.turn = verdict;
    return verdict;
  }

  private conclude(decision: Decision, ask: ProofInput, proof: Proof): DecisionVerdict {
    if (proof.verdict === 'passed') return this.judge(proven(decision, ask, proof));
    if (proof.verdict === 'failed') return this.refuse(decision, proof.detail);
    const until = Date.now() + PROOF_PATIENCE;
    const why = `noted, but who it is by could not be told yet (${proof.detail}); it is tried again until ${new Date(until).toISOString()}`;
    const verdict = { id: decision.id, accepted: false, isOpen: true, detail: why };
    this.record.judged(decision, verdict, `${saying(decision)}: ${why}`);
    void this.askAgain(decision, ask, until);
    return verdict;
  }

  private async askAgain(decision: Decision, ask: ProofInput, until: number): Promise<void> {
    let why = '';
    for (let pause = FIRST_PAUSE; Date.now() + pause < until; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      await CancellationScope.nonCancellable(() => sleep(pause));
      if (this.run.state.phase === 'ended') return;
      const proof = await askForProof(ask, decision.person);
      if (proof.verdict !== 'unknown') return void this.conclude(decision, ask, proof);
      why = proof.detail;
    }
    this.refuse(decision, `who it is by could not be told (${why}): send it again`);
  }

  private judge(decision: Decision): DecisionVerdict {
    const refusal = mayNot(this.run, decision) ?? act[decision.kind](this.run, decision);
    if (refusal) return this.refuse(decision, refusal);
    const verdict = { id: decision.id, accepted: true, detail: `${saying(decision)}: accepted` };
    this.record.judged(decision, verdict, verdict.detail);
    return verdict;
  }

  private refuse(decision: Decision, why: string): DecisionVerdict {
    const verdict = { id: decision.id, accepted: false, detail: why };
    this.record.judged(decision, verdict, `${saying(decision)}: not accepted, ${why}`);
    return verdict;
  }
}

function saying({ kind, action, guard, person, proof, key, teams = [], comment }: Decision): string {
  const words = comment ? ` (“${clip(comment, 300)}”)` : '';
  const sure = key === null ? proof : `${proof} with ${key}`;
  const found = teams.length > 0 ? `, in ${teams.join(', ')}` : '';
  return `${kind}${action ? ` ${action}` : ''}${guard ? ` ${guard}` : ''} by ${person}, ${sure}${found}${words}`;
}

/** By kind and id: the same decision sent twice counts once, another kind under the same id is another decision. */
const keyOf = ({ kind, id }: Decision): string => `${kind} ${id}`;

/** So many messages that did not count are shown: anybody may send any number, and people must be able to read on. */
const SHOWN_REFUSALS = 200;

/** What became of the messages that a release got. */
class MessageRecord {
  private refusals = 0;
  /** By `keyOf`. */
  private readonly verdicts = new Map<string, DecisionVerdict>();

  constructor(private readonly run: ReleaseRun) {}

  verdictOn(decision: Decision): DecisionVerdict | undefined {
    return this.verdicts.get(keyOf(decision));
  }

  judged(decision: Decision, verdict: DecisionVerdict, text: string): void {
    if (!verdict.accepted && !this.mayShow()) return;
    this.verdicts.set(keyOf(decision), verdict);
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
  override: 'Let this one release pass a soft guard: {"by": "you", "guard": "calendar", "reason": "why"}',
};

/** The one name of whom a decision is by. */
const nameOf = (run: ReleaseRun, said: string): string => personCalled(run.input.project, said)?.name ?? said;

function mayNot(run: ReleaseRun, { kind, person, teams }: Decision): string | undefined {
  const act = actOf(kind);
  return act && refuseAct(run.input.project, run.environment, act, person, teams);
}

/** Does what a decision asks for, or returns one sentence why not. */
type Do = (run: ReleaseRun, decision: Decision) => string | undefined;

const act: Readonly<Record<DecisionKind, Do>> = {
  approve: (run, decision) => {
    const { plan, phase, approvals } = run.state;
    if (phase === 'ended') return ended(run);
    if (!plan || phase === 'looking') return 'there is no plan yet: approve it when it is shown';
    if (phase !== 'awaiting approval') return `nothing waits for approval (it is ${phase})`;
    const refusal = refuseApproval(plan, approvals, decision, run.input.project);
    if (refusal) return refusal;
    const { person, id, comment, proof, teams } = decision;
    const at = new Date().toISOString();
    addApproval(approvals, {
      by: person,
      digest: plan.digest,
      decisionId: id,
      comment,
      at,
      proof,
      ...(teams && { teams }),
    });
    return undefined;
  },
  reject: (run, decision) => {
    const rules = run.environment.approvals;
    const mayReject =
      samePerson(run.input.project, decision.by, run.input.requestedBy) ||
      rules.length === 0 ||
      rules.some((rule) => mayApprove(rule, decision.person, decision.teams));
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
  override: (run, decision) => (isForward(run) ? override(run, decision) : notForward(run)),
};

/** Notes which freezes hold here, and says what has changed. Returns whether the list was sound. */
function noteFreezes(run: ReleaseRun, freezes: unknown): boolean {
  if (!areFreezes(freezes)) return false;
  const before = run.state.freezes ?? [];
  const isSame = before.length === freezes.length && freezes.every(({ id }) => before.some((known) => known.id === id));
  if (isSame) return true;
  for (const { id, from, until, by, reason } of freezes) {
    if (before.some((known) => known.id === id)) continue;
    run.note('note', `${by} announced freeze ${id} from ${moment(from)} until ${moment(until)}: ${reason}`);
  }
  for (const { id } of before) if (!freezes.some((now) => now.id === id)) run.note('note', `freeze ${id} has ended`);
  run.state.freezes = freezes;
  return true;
}

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
