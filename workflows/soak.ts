/**
 * Goes on looking at what a release has left, after it has finished and given the environment back: one heartbeating
 * activity per segment, as the monitoring window does. It changes nothing, and tells its environment what it sees.
 */
import {
  CancellationScope,
  ParentClosePolicy,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  isCancellation,
  setCurrentDetails,
  setHandler,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { CancelledFailure, defineSearchAttributeKey } from '@temporalio/common';
import { environmentWorkflowId, releaseKey } from '../release/identity';
import type { WatchResult } from '../release/check-result';
import { AFTER_THE_END, LEDGER_RECORD_VERSION, type LedgerWrite } from '../release/ledger';
import { renderSoak, soakNews } from '../release/render-soak';
import {
  accepted,
  afterLook,
  endInTime,
  isBreached,
  newAccount,
  reminded,
  type SoakAccount,
  type SoakEnd,
  type SoakWord,
} from '../release/soak';
import { isSoakWord, problemOfSoak } from '../release/soak-messages';
import { reportOf, slipwayFailure } from './failure';
import { soakAccountQuery, soakToldSignal, soakWordSignal, type SoakInput } from './messages';
import { searchAttributeNames } from './search-attributes';
import { SEGMENT, watchSegment } from './watch';

/** Milliseconds until a worker that cannot look is asked again: somebody may have started another. */
const CANNOT_LOOK = 60_000;

/** Events after which the history is begun anew. */
const LONG_HISTORY = 2_000;

/**
 * Ends with its account when its time is over and nobody needs to decide on a breach, or when something else runs. Ends
 * as cancelled if it was cancelled; fails with REQUEST_INVALID if it was started by hand with what is no order.
 */
export async function soak(input: SoakInput): Promise<SoakAccount> {
  const problem = problemOfSoak(input);
  if (problem) throw slipwayFailure('REQUEST_INVALID', { what: 'a soak', problem });
  const run = new SoakRun(input);
  try {
    return await run.toItsEnd();
  } catch (error) {
    if (!isCancellation(error)) throw error;
    await CancellationScope.nonCancellable(() => run.end({ how: 'cancelled', at: run.now }));
    throw new CancelledFailure('The soak was cancelled; it had changed nothing.');
  }
}

class SoakRun {
  private account: SoakAccount;
  /**
   * Milliseconds: what time it is, told by what stands in the history, and not by the clock. A worker that takes over may be
   * asked a question before its first task, and then goes on with an older time than a later replay sees: what is decided
   * by such a time is decided otherwise the next time.
   */
  private time = Date.now();
  /** As the ledger knows it. */
  private recorded: SoakAccount | undefined;
  /** What the list in the Web UI says of it. */
  private listed = '';
  /** Entries in the ledger so far. */
  private entries: number;
  private isUntold = false;
  private replacedBy = '';
  /** Milliseconds: when all checks were looked at last. */
  private lookedAt = 0;
  /** The worker could not look at all. */
  private isBlind = false;
  /** A word has come that ends the wait. */
  private isCalled = false;

  constructor(private readonly input: SoakInput) {
    const { carried, heldBy = '' } = input;
    this.account = carried?.account ?? newAccount(input, { at: this.now, heldBy });
    this.recorded = carried?.account;
    this.entries = carried?.entries ?? 0;
    if (!carried) this.listed = 'soaking';
    setHandler(soakAccountQuery, () => this.account, { description: 'What this soak has come to.' });
    setHandler(soakWordSignal, (word) => this.hear(word), {
      description: 'From the environment; people send acceptBreach to that.',
    });
  }

  /** ISO 8601, UTC. */
  get now(): string {
    return new Date(this.time).toISOString();
  }

  async toItsEnd(): Promise<SoakAccount> {
    const { longHistory = LONG_HISTORY } = this.input;
    for (;;) {
      this.isCalled = false;
      if (this.replacedBy !== '') return this.end({ how: 'replaced', at: this.now, by: this.replacedBy });
      this.account = reminded(this.account, this.time, this.input.remind);
      const isOver = this.lookedAt >= this.until;
      if (isOver && this.isFree && !isBreached(this.account)) return this.end(endInTime(this.account, this.now));
      // Whoever held it cannot be asked for: its environment is gone.
      if (!this.isFree && this.isUntold && this.time >= this.until) return this.end({ how: 'unknown', at: this.now });
      await this.tell();
      // What was said meanwhile is acted on first: a new run would not know it.
      if (this.isCalled) continue;
      if (workflowInfo().historyLength > longHistory || workflowInfo().continueAsNewSuggested) await this.anew();
      if (this.isFree) await this.look(isOver);
      else await this.called(SEGMENT);
    }
  }

  /** Ends it: whoever can be told is. What replaced it knows already. */
  async end(end: SoakEnd): Promise<SoakAccount> {
    this.account = { ...this.account, end };
    if (end.how !== 'replaced') await this.tell();
    else {
      this.list('ended');
      this.show();
      await this.record();
    }
    return this.account;
  }

  private get until(): number {
    return Date.parse(this.account.until);
  }

  private get isFree(): boolean {
    return this.account.heldBy === '';
  }

  private hear(word: unknown): void {
    if (!isSoakWord(word)) return;
    const { heldBy, replacedBy = '', accepted: acceptance }: SoakWord = word;
    const before = this.account;
    this.account = { ...before, heldBy };
    if (acceptance) this.account = accepted(this.account, acceptance);
    if (replacedBy !== '') this.replacedBy = replacedBy;
    const isNews = heldBy !== before.heldBy || replacedBy !== '' || isBreached(before) !== isBreached(this.account);
    this.isCalled ||= isNews;
  }

  /** One look: those that fail are asked once now and then, all others watched for a segment. `isOver`: only a person is waited for. */
  private async look(isOver: boolean): Promise<void> {
    const { checks, remind } = this.input;
    const again = Math.min(SEGMENT, remind);
    const due = this.account.failing.filter(({ at }) => Date.parse(at) + again <= this.time);
    if (due.length > 0) {
      const asked = checks.filter(({ name }) => due.some((one) => one.name === name));
      const wasBlind = this.isBlind;
      const seen = await this.see(asked, 0, 'Soak: do they still fail?');
      if (!seen) return;
      // That nobody could look, or can again, concerns all checks.
      const all = (wasBlind || this.isBlind) && { verdict: seen.verdict };
      this.account = afterLook(this.account, { results: seen.last, ...all, at: this.now, remind });
      // What has come of it is told before the next look.
      return;
    }
    if (this.isCalled) return;
    if (isOver) return this.called(again);
    const others = checks.filter(({ name }) => !this.account.failing.some((one) => one.name === name));
    const left = Math.max(0, this.until - this.time);
    const segment = Math.min(SEGMENT, left, ...(others.length < checks.length ? [again] : []));
    if (others.length > 0) await this.watch(others, segment);
    else if (segment > 0) await this.called(segment);
    if (!this.isCalled) this.lookedAt = this.time;
  }

  private async watch(checks: SoakInput['checks'], window: number): Promise<void> {
    const seen = await this.see(checks, window, `Soak: ${this.input.version} keeps passing`);
    if (!seen) return;
    const { last: results, verdict } = seen;
    this.account = afterLook(this.account, { results, verdict, at: this.now, remind: this.input.remind });
  }

  /** What some checks come to; undefined = its environment has said something meanwhile. */
  private async see(
    checks: SoakInput['checks'],
    window: number,
    summary: string,
  ): Promise<Pick<WatchResult, 'last' | 'verdict'> | undefined> {
    const { interval } = this.input;
    // Silence is said once it has lasted for a segment: it asks nobody.
    const patience = Math.max(3, Math.ceil(window / interval));
    try {
      const seen = await watchSegment({ checks, window, interval, patience, summary, stop: () => this.isCalled });
      if (seen === 'stopped') return undefined;
      // Only what passes is watched to the end of its window.
      const lasted = seen.verdict === 'passed' ? window : 0;
      this.time = Math.max(this.time + lasted, ...seen.last.map(({ at }) => Date.parse(at)));
      this.isBlind = false;
      return seen;
    } catch (error) {
      const report = isCancellation(error) ? undefined : reportOf(error);
      if (!report) throw error;
      // A worker that cannot look at all, such as one that lacks a variable: that is said at once, and tried again.
      if (this.isBlind) await this.called(Math.min(CANNOT_LOOK, this.input.remind));
      this.isBlind = true;
      const at = this.now;
      const silent = { verdict: 'unknown' as const, detail: report.message, tries: 0, at };
      return { verdict: 'unknown', last: checks.map(({ name }) => ({ name, ...silent })) };
    }
  }

  /** Waits until its environment says something, at most so many milliseconds. */
  private async called(most: number): Promise<void> {
    const wait = Math.max(1, most);
    const isCalled = await condition(() => this.isCalled, wait, { summary: 'Until it is looked at again' });
    if (!isCalled) this.time += wait;
  }

  /** Shows what it has come to, and tells its environment, and the ledger what is new. */
  private async tell(): Promise<void> {
    this.account = { ...this.account, at: this.now };
    const { project, environment } = this.input;
    const account = this.account;
    try {
      await getExternalWorkflowHandle(environmentWorkflowId(project, environment)).signal(soakToldSignal, account);
      this.isUntold = false;
    } catch (error) {
      if (isCancellation(error)) throw error;
      // It is not there: whoever asks it for something starts it, and the next word tells it.
      this.isUntold = true;
    }
    this.list(account.end ? 'ended' : isBreached(account) ? 'needs attention' : 'soaking');
    this.show();
    await this.record();
  }

  private list(phase: string): void {
    if (phase === this.listed) return;
    this.listed = phase;
    upsertSearchAttributes([{ key: phaseKey, value: phase }]);
  }

  private show(): void {
    const { project, environment } = this.input;
    setCurrentDetails(renderSoak({ project, environment, isUntold: this.isUntold }, this.account));
  }

  /** What is new goes into the ledger, after the release's own entries: by a workflow that waits for it, however long. */
  private async record(): Promise<void> {
    const { project, environment, releaseId, runId, version, from: requestedAt } = this.input;
    const news = soakNews(environment, this.recorded, this.account);
    const acceptance = this.account.breach?.accepted;
    const isNew =
      acceptance && !(this.recorded?.breach?.id === this.account.breach?.id && this.recorded?.breach?.accepted);
    if (isNew) news.unshift(`${acceptance.by} accepted ${this.account.breach?.id ?? ''}: ${acceptance.reason}`);
    this.recorded = this.account;
    if (news.length === 0 || runId === '') return;
    const release = { id: releaseId, runId, project, environment, version, requestedAt };
    const records = news.map((text): LedgerWrite['records'][number] => {
      this.entries += 1;
      const entry = { n: AFTER_THE_END + this.entries, at: this.account.at, kind: 'note' as const, text };
      return { is: 'event', phase: 'ended', entry };
    });
    await startChild('ledgerBacklog', {
      workflowId: `ledger/${releaseKey(release)}/soak/${this.entries}`,
      args: [{ version: LEDGER_RECORD_VERSION, release, records } satisfies LedgerWrite],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `What the soak of ${version} → ${environment} says`,
    });
  }

  private async anew(): Promise<never> {
    const { account, entries } = this;
    return continueAsNew<typeof soak>({ ...this.input, heldBy: account.heldBy, carried: { account, entries } });
  }
}

const phaseKey = defineSearchAttributeKey(searchAttributeNames.phase, 'KEYWORD');
