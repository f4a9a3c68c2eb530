/** One release in progress: its state, and the few ways in which it may change. Order and effects are elsewhere. */
import { CancellationScope, condition, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { askedWords, withRulesOfKind } from '../release/asked-release';
import type { Decision, DecisionVerdict } from '../release/decision';
import { signedKinds } from '../release/signed-decision';
import { errorReport, type ErrorCode, type ErrorDetails, type ErrorReport } from '../release/errors';
import { mayFollow, type Outcome, type Phase } from '../release/phase';
import type { Plan, PlannedService } from '../release/plan';
import type { LiveIdentity } from '../release/pointer-move';
import { fittedBytes } from '../release/plain-text';
import type { Environment, Service } from '../release/project';
import type { ReleaseKind } from '../release/rule-words';
import { renderDetails } from '../release/render-details';
import type { ReleaseState, StepState, TimelineEntry, WaitingFor } from '../release/state';
import type { UndoRecord, UndoReport } from '../release/undo';
import { slipwayFailure } from './failure';
import { LedgerScribe } from './ledger-scribe';
import { Listing } from './listing';
import type { ReleaseInput } from './messages';
import { MAX_SUMMARY } from './proxies';
import { measureAttention, measureCompensation, measureStep } from './release-metrics';

/** Phases in which nobody waits and nothing of the world changes: the ledger is told of them with what comes after. */
const toldLater: ReadonlySet<Phase> = new Set<Phase>(['looking again', 'finishing']);

/** Numbers left free for what a worker of the workflow before may still write late. */
const LATE_ENTRIES = 1_000;

export class ReleaseRun {
  /** As it was asked for, with the environment's rules as they hold for its kind. */
  readonly input: ReleaseInput;
  readonly state: ReleaseState;
  /** Why the forward path was told to stop by a person; null = it was not. */
  interruption: ErrorReport | null = null;
  lock: { asked: boolean; granted: boolean; reserved: boolean; behind: string; fenced: boolean } = {
    asked: false,
    granted: false,
    /** It was granted before it was asked for: from its start on nobody else may change the environment. */
    reserved: false,
    behind: '',
    fenced: false,
  };
  /** What it has asked its environment about emergency stops, and the newest word of those. */
  readonly asking = { asked: 0, answered: 0, revision: -1 };
  /** A person's word on the step that needs attention. */
  resolution: Decision | null = null;
  /** Decisions that have come, and wait until it is known who sent them. */
  unjudged = 0;
  /** Set by `skipWait`; the wait that sees it ends and clears it. */
  skipAsked = false;
  /** Whether it was looked whether the request is an approval. */
  requestCounted = false;
  /** The hotfix for which its waits end early, in words; empty = none. */
  hotfix = '';
  /** Services whose migrations all ran. */
  readonly migrated = new Set<string>();
  /** What each moved pointer must be seen live with. */
  readonly moved = new Map<string, LiveIdentity>();
  /** Everything below that people would want to know later is written there too. */
  readonly ledger = new LedgerScribe(this);
  private plans = 0;
  /** Number of the newest entry of the timeline. */
  private entries = 0;
  private readonly forwardScope = new CancellationScope();
  private readonly listing = new Listing();
  private isShowing = false;

  /** `known`: of a release that another workflow has begun, and that this one goes on with. */
  constructor(
    readonly order: ReleaseInput,
    known: Partial<ReleaseState> = {},
  ) {
    const input = withRulesOfKind(order);
    this.input = input;
    const { workflowId, runId, startTime } = workflowInfo();
    const signed = signedKinds(this.environment);
    this.state = {
      release: {
        id: workflowId,
        runId,
        project: input.project.name,
        environment: input.environment,
        version: input.version,
        requestedAt: startTime.toISOString(),
      },
      requestedBy: input.requestedBy,
      phase: 'looking',
      paused: null,
      waitingFor: null,
      gates: [],
      plan: null,
      approvals: [],
      verdicts: [],
      steps: [],
      undoRecords: [],
      undone: [],
      checks: [],
      attention: null,
      failure: null,
      backups: [],
      timeline: [],
      result: null,
      ...(signed.length > 0 && { signedKinds: signed }),
      ...known,
    };
    if (known.release) {
      this.entries = (known.timeline?.at(-1)?.n ?? 0) + LATE_ENTRIES;
      return;
    }
    this.ledger.add({ is: 'begin', requestedBy: input.requestedBy, input: order });
    this.note('phase', askedWords(input));
    if (input.again) this.note('decision', `on hold since it was rolled back, released again: “${input.again}”`);
  }

  get kind(): ReleaseKind {
    return this.input.kind ?? 'normal';
  }

  get environment(): Environment {
    return this.input.project.environments[this.input.environment]!;
  }

  get plan(): Plan {
    if (!this.state.plan) throw slipwayFailure('INTERNAL', { detail: 'a step ran before there was a plan' });
    return this.state.plan;
  }

  service(name: string): Service {
    return this.input.project.services[name]!;
  }

  /** Services whose pointer this release moves, in order. */
  get moving(): PlannedService[] {
    return this.plan.services.filter(({ untouched }) => !untouched);
  }

  /** Services with migrations to run, in order. */
  get migrating(): PlannedService[] {
    return this.plan.services.filter(({ database }) => database && database.scripts.length > 0);
  }

  enter(phase: Phase): void {
    const { state } = this;
    if (state.phase === phase) return;
    if (!mayFollow(state.phase, phase)) {
      throw slipwayFailure('INTERNAL', { detail: `phase ${state.phase} cannot be followed by ${phase}` });
    }
    state.phase = phase;
    this.listing.enter(phase);
    this.note('phase', phase);
    if (!toldLater.has(phase)) this.ledger.write();
  }

  /** Ends the release in the list of the Web UI. */
  listOutcome(outcome: Outcome): void {
    this.listing.end(outcome);
  }

  note(kind: TimelineEntry['kind'], text: string): void {
    const { timeline } = this.state;
    this.entries += 1;
    const entry = { n: this.entries, at: now(), kind, text };
    timeline.push(entry);
    this.ledger.add({ is: 'event', entry, phase: this.state.phase });
    this.show();
  }

  /** Brings the Markdown up to date that the Web UI shows: once for all that happens in this moment. */
  show(): void {
    if (this.isShowing) return;
    this.isShowing = true;
    void Promise.resolve().then(() => {
      this.isShowing = false;
      setCurrentDetails(renderDetails(this.state));
    });
  }

  /**
   * Before an effect: returns when its undo record is in the ledger too. The first one must be: it fails, with nothing
   * registered, if the ledger stays away. Later ones go on without it, since there is something to put back by then.
   */
  async register(record: UndoRecord): Promise<void> {
    const { undoRecords } = this.state;
    if (undoRecords.some(({ step }) => step === record.step)) return;
    const isFirst = undoRecords.length === 0;
    this.ledger.add({ is: 'undo', n: undoRecords.push(record), at: now(), record });
    try {
      await this.ledger.recorded(isFirst);
    } catch (error) {
      if (isFirst) undoRecords.pop();
      throw error;
    }
  }

  /** A person's decision, with what became of it. */
  decided(decision: Decision, verdict: DecisionVerdict, text: string): void {
    const { verdicts } = this.state;
    const open = verdicts.findIndex(({ id, isOpen }) => isOpen && id === verdict.id);
    if (open === -1) verdicts.push(verdict);
    else verdicts[open] = verdict;
    const n = open === -1 ? verdicts.length : open + 1;
    this.ledger.add({ is: 'decision', n, at: now(), decision, verdict });
    this.note('decision', text);
    this.ledger.write();
  }

  report(report: UndoReport): void {
    this.ledger.add({ is: 'undone', n: this.state.undone.push(report), at: now(), report });
    measureCompensation(this.state.release, report);
    const step = this.state.steps.find(({ id }) => id === report.step);
    if (step && report.how !== 'kept' && report.how !== 'abandoned') step.status = 'undone';
    this.note('undo', `${report.step}: ${report.how}${report.detail ? `, ${report.detail}` : ''}`);
  }

  setPlan(plan: Plan): void {
    const isOther = this.state.plan?.digest !== plan.digest;
    this.state.plan = plan;
    if (isOther) this.ledger.add({ is: 'plan', n: ++this.plans, at: now(), plan, gates: this.state.gates });
    this.state.steps = plan.steps.map(({ id, title }) => newStep(id, title));
  }

  /** The gates' last word beside the plan: it has changed after the plan was made. */
  recordGates(): void {
    const { plan, gates } = this.state;
    if (plan) this.ledger.add({ is: 'plan', n: ++this.plans, at: now(), plan, gates });
  }

  /** Runs one step of the plan, or of the way back, and keeps its state for people. `work` says what it came to. */
  async step(id: string, title: string, work: () => Promise<string>): Promise<void> {
    const step = this.state.steps.find((known) => known.id === id) ?? this.addStep(id, title);
    const named = step.title;
    step.status = 'running';
    step.startedAt ??= now();
    this.note('note', `${named} …`);
    try {
      step.detail = await work();
      step.status = 'done';
    } catch (error) {
      step.status = 'failed';
      throw error;
    } finally {
      step.endedAt = now();
      measureStep(this.state.release, id, step);
    }
    this.note('step', `${named}: ${step.detail || 'done'}`);
  }

  private addStep(id: string, title: string): StepState {
    const step = newStep(id, title);
    this.state.steps.push(step);
    return step;
  }

  /** Waits until `done`, at most `limit` milliseconds; people see what for. Returns whether it came true. */
  async waitFor(waiting: Omit<WaitingFor, 'until'>, limit: number, done: () => boolean): Promise<boolean> {
    if (done()) return true;
    this.state.waitingFor = { ...waiting, until: new Date(Date.now() + limit).toISOString() };
    this.show();
    try {
      return await condition(done, limit, { summary: fittedBytes(`Waits for ${waiting.what}`, MAX_SUMMARY) });
    } finally {
      this.state.waitingFor = null;
    }
  }

  /** Runs the forward path so that {@link interrupt} can stop it. */
  forward(path: () => Promise<void>): Promise<void> {
    return this.forwardScope.run(path);
  }

  /** A person's word that ends the forward path: whatever runs is cancelled, and what was done is undone. */
  interrupt(code: ErrorCode, details: ErrorDetails): void {
    this.interruption ??= errorReport(code, details);
    this.forwardScope.cancel();
  }

  /** Stops for a person: returns the decision that they send with `resolve`. */
  async needAttention(step: string, error: ErrorReport): Promise<Decision> {
    const before = this.state.phase;
    this.state.attention = { step, error };
    measureAttention(this.state.release, step, error.code);
    this.enter('needs attention');
    this.note('failure', `${step}: ${error.message} ${error.todo}`);
    this.resolution = null;
    this.state.waitingFor = { what: `a decision on ${step}`, until: null, send: ['resolve'] };
    this.show();
    await condition(() => this.resolution !== null);
    const decision = this.resolution as unknown as Decision;
    this.state.waitingFor = null;
    this.state.attention = null;
    this.enter(before === 'proving' ? 'proving' : 'rolling back');
    return decision;
  }
}

const newStep = (id: string, title: string): StepState => ({
  id,
  title,
  status: 'waiting',
  detail: '',
  startedAt: null,
  endedAt: null,
});

const now = (): string => new Date().toISOString();
