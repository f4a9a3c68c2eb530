/** How a release takes people's messages: noted, judged at once against its state, and answered. */
import { CancellationScope, sleep } from '@temporalio/workflow';
import type { Proof, ProofInput } from '../activities/contract';
import { placeOf } from '../release/approval-place';
import { clip } from '../release/clip';
import {
  decisionKinds,
  IGNORED,
  NOT_ACCEPTED,
  parseDecision,
  type Decision,
  type DecisionKind,
  type DecisionVerdict,
} from '../release/decision';
import { personCalled } from '../release/people';
import { actOn } from './decision-acts';
import { takeEnvironmentMessages } from './environment-messages';
import { Handlers } from './handlers';
import { askForProof, proven, questionSender } from './identity';
import { keyOf, MessageRecord } from './message-record';
import { decisionSignals, decisionUpdates, stateQuery } from './messages';
import type { ReleaseRun } from './release-run';

/** Registers every handler; called in the first synchronous lines of the workflow, so that nothing early is lost. */
export function takeMessages(run: ReleaseRun): void {
  const handlers = new Handlers();
  const { on } = handlers;
  on(stateQuery, () => run.state, { description: 'The whole state of this release.' });
  const record = new MessageRecord(run);
  const decisions = new Decisions(run, record);
  for (const kind of decisionKinds) {
    on(decisionSignals[kind], (payload) => asSignal(decisions.take(kind, payload)), {
      description: descriptions[kind],
    });
    on(decisionUpdates[kind], (payload) => decisions.take(kind, payload), { description: descriptions[kind] });
  }
  takeEnvironmentMessages(on, run, record);
  handlers.register((name) => record.ignored(`ignored an unknown message: ${clip(name, 100)}`));
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
    const fallbackId = this.unusedId(kind);
    const parsed = parseDecision(kind, payload, fallbackId);
    if ('problem' in parsed) {
      record.ignored(`${IGNORED}${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind} that cannot be read: ${parsed.problem}`);
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

  /** For a sender who gave none. Somebody may have sent ids of this form: what comes after must not be taken for theirs. */
  private unusedId(kind: DecisionKind): string {
    for (;;) {
      const id = `message-${++this.arrived}`;
      if (!this.record.knows(kind, id) && !this.pending.has(keyOf({ kind, id }))) return id;
    }
  }

  private inTurn(decision: Decision, ask: ProofInput | undefined): Promise<DecisionVerdict> {
    const before = this.turn;
    const proof = ask && askForProof(ask, decision.person);
    this.run.unjudged += 1;
    const verdict = (async () => {
      try {
        const answer = await proof;
        await before;
        this.pending.delete(keyOf(decision));
        return ask && answer ? this.conclude(decision, ask, answer) : this.judge(decision);
      } finally {
        this.run.unjudged -= 1;
      }
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
    const refusal = actOn(this.run, decision);
    if (refusal) return this.refuse(decision, refusal);
    const verdict = {
      id: decision.id,
      accepted: true,
      detail: `${saying(decision)}: accepted${this.towards(decision)}`,
    };
    this.record.judged(decision, verdict, verdict.detail);
    return verdict;
  }

  /** Of several approvals one may count towards some only. */
  private towards({ kind }: Decision): string {
    const { approvals, plan, place } = this.run.state;
    const asked = plan?.approvals.filter((rule) => placeOf(rule) === place) ?? [];
    return kind === 'approve' && asked.length > 1 ? ` for ${approvals.at(-1)?.counts?.join(', ')}` : '';
  }

  private refuse(decision: Decision, why: string): DecisionVerdict {
    const verdict = { id: decision.id, accepted: false, detail: why };
    this.record.judged(decision, verdict, `${saying(decision)}: ${NOT_ACCEPTED}, ${why}`);
    return verdict;
  }
}

function saying({ kind, action, guard, item, person, proof, key, teams = [], comment }: Decision): string {
  const words = comment ? ` (“${clip(comment, 300)}”)` : '';
  const sure = key === null ? proof : `${proof} with ${key}`;
  const found = teams.length > 0 ? `, in ${teams.join(', ')}` : '';
  return `${kind}${action ? ` ${action}` : ''}${guard ? ` ${guard}` : ''}${item ? ` ${clip(item, 100)}` : ''} by ${person}, ${sure}${found}${words}`;
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
  override:
    'Let this one release pass a soft guard: {"by": "you", "guard": "calendar|approval:NAME|gate:NAME", "reason": "why"}',
  tick: 'Tick an item of a checklist: {"by": "you", "item": 1, "digest": "first 8 or more digits of the plan\'s digest"}',
  untick: 'Take a tick back: {"by": "you", "item": 1, "digest": "first 8 or more digits of the plan\'s digest"}',
};

/** The one name of whom a decision is by. */
const nameOf = (run: ReleaseRun, said: string): string => personCalled(run.input.project, said)?.name ?? said;
