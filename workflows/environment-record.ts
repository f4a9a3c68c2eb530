/** What an environment remembers: the holder of its lock, who waits, what runs, what was answered. No effects. */
import { MOST_FREEZES, type AnnouncedFreeze } from '../release/calendar/announced';
import {
  emptyEnvironment,
  holdsAfter,
  inOrderOf,
  liveAfter,
  movedTo,
  type Adoption,
  type EnvironmentState,
  type LockRequest,
  type QueuedRelease,
  type ReleaseEnd,
  type RequestAnswer,
  type TargetService,
} from '../release/environment-state';
import { clip } from '../release/clip';
import { watchAfter, withoutDrift } from '../release/drift';
import { driftWords } from '../release/render-drift';
import type { Sighting } from '../release/sighting';
import { mayPassDrift } from '../release/pass-drift';
import type { ErrorReport } from '../release/errors';
import { rulesWords, type KnownRules } from '../release/rules-origin';
import { tagRequests } from '../release/request-tag';

/**
 * Answers remembered for requests that are sent again: clients give up long before so many others have come. Those of
 * tags are counted apart, and one is only sent when the last one's answer is recorded: theirs are never forgotten early.
 */
const REMEMBERED_ANSWERS = 500;
const LOG_LINES = 50;

export class EnvironmentRecord {
  private watched = '';
  /** Said to the next holder, if the last one lost the lock. */
  private takeOver = '';

  private rulesTrouble: { readonly at: number; readonly report: ErrorReport } | undefined;

  state: EnvironmentState;

  /** `carried`: of the run before; what it did not know yet is empty. */
  constructor(carried: Partial<EnvironmentState> = {}) {
    this.state = { ...emptyEnvironment, ...carried };
  }

  answerTo(requestId: string): RequestAnswer | undefined {
    return this.state.answered.find((known) => known.requestId === requestId)?.answer;
  }

  answer(requestId: string, answer: RequestAnswer): void {
    const answered = [...this.state.answered, { requestId, answer }];
    const alike = answered.filter((known) => isOfTag(known.requestId) === isOfTag(requestId));
    const forgotten = new Set(alike.slice(0, -REMEMBERED_ANSWERS));
    this.change({ answered: answered.filter((known) => !forgotten.has(known)) });
  }

  /** The release of a version that is under way, if there is one. */
  activeReleaseOf(version: string): string | undefined {
    return this.state.queue.find((one) => one.version === version)?.releaseId;
  }

  find(releaseId: string): QueuedRelease | undefined {
    return this.state.queue.find((one) => one.releaseId === releaseId);
  }

  nextNumber(version: string): number {
    const n = (this.state.numbers[version] ?? 0) + 1;
    this.change({ numbers: { ...this.state.numbers, [version]: n } });
    return n;
  }

  started(
    { releaseId, runId }: { readonly releaseId: string; readonly runId: string },
    version: string,
    by: string,
  ): void {
    this.change({ queue: [...this.state.queue, { releaseId, runId, version, by, at: now() }] });
    this.log(`${releaseId} was started for ${by}`);
  }

  /** Adds a request for the lock. Returns for whom it waits, or undefined if it is next. */
  enqueue(request: LockRequest): string | undefined {
    const { holder, waiting } = this.state;
    const isKnown = [holder, ...waiting].some((known) => known?.runId === request.runId);
    const isReplaced = this.find(request.releaseId)?.replacedBy !== undefined;
    if (!isKnown && !isReplaced) this.change({ waiting: inOrderOf(this.state.queue, [...waiting, request]) });
    if (holder && holder.runId !== request.runId) return holder.releaseId;
    return mayPassDrift(request) ? undefined : driftWords(this.state.watch);
  }

  /** The next that may hold, if nobody does; from now on it does. What has drifted is handed to nobody new. */
  takeNext(): { request: LockRequest; note: string } | undefined {
    const hasDrift = driftWords(this.state.watch) !== undefined;
    const request = this.state.waiting.find((one) => !hasDrift || mayPassDrift(one));
    if (this.state.holder || !request) return undefined;
    const waiting = this.state.waiting.filter((one) => one !== request);
    this.change({ holder: request, waiting, hands: this.hands + 1 });
    this.log(`${request.releaseId} holds the environment`);
    const note = this.takeOver;
    this.takeOver = '';
    return { request, note };
  }

  /**
   * A release gives the lock back, or its place in the queue; `ended`: it will not ask again. With a run id only that run
   * does: a recovery that is begun again has the same id.
   */
  letGo(releaseId: string, ended: boolean, runId?: string): void {
    const isIt = (request: LockRequest | null) =>
      request?.releaseId === releaseId && (runId === undefined || request.runId === runId);
    if (isIt(this.state.holder)) {
      this.change({ holder: null });
      this.log(`${releaseId} let the environment go`);
    }
    this.change({ waiting: this.state.waiting.filter((request) => !isIt(request)) });
    if (!ended) return;
    const targets = Object.fromEntries(Object.entries(this.state.targets).filter(([id]) => id !== releaseId));
    this.change({ queue: this.state.queue.filter((one) => one.releaseId !== releaseId), targets });
  }

  /** A release says how it ended: what is live and on hold follows from it. */
  ended(releaseId: string, version: string, end: ReleaseEnd): void {
    const { live, holds } = this.state;
    const at = now();
    this.change({
      live: liveAfter(live, { releaseId, at }, end),
      holds: holdsAfter(holds, { releaseId, version, at }, end),
    });
    this.log(`${releaseId} ended: ${end.outcome}${end.why ? ` (${clip(end.why, 200)})` : ''}`);
  }

  /** Puts a release at the beginning or the end of the queue. Returns whether it stands in it. */
  move(releaseId: string, place: 'first' | 'last'): boolean {
    if (!this.find(releaseId)) return false;
    const queue = movedTo(this.state.queue, releaseId, place);
    this.change({ queue, waiting: inOrderOf(queue, this.state.waiting) });
    return true;
  }

  /** Notes what a release would bring. Returns what the others would that might have to give way, or make it give way. */
  aim(releaseId: string, services: readonly TargetService[]): Readonly<Record<string, readonly TargetService[]>> {
    const { targets, queue, holder } = this.state;
    this.change({ targets: { ...targets, [releaseId]: services } });
    const others = queue.filter((one) => one.releaseId !== releaseId && one.releaseId !== holder?.releaseId);
    const rivals = others.filter((one) => !one.replacedBy && targets[one.releaseId]);
    return Object.fromEntries(rivals.map((one) => [one.releaseId, targets[one.releaseId]!]));
  }

  /** A release was replaced by another: it gives up its place, and is never handed the lock. */
  replace(releaseId: string, by: string): void {
    const queue = this.state.queue.map((one) => (one.releaseId === releaseId ? { ...one, replacedBy: by } : one));
    this.change({ queue, waiting: this.state.waiting.filter((one) => one.releaseId !== releaseId) });
    this.log(`${releaseId} was replaced by ${by}`);
  }

  /** Whether a watch on this run is to begin: at most one runs. */
  beginWatch(runId: string): boolean {
    if (this.watched === runId) return false;
    this.watched = runId;
    return true;
  }

  endWatch(runId: string): void {
    if (this.watched === runId) this.watched = '';
  }

  /** The holder stopped running. If it had not let go it loses the lock, and the next holder is told so. */
  lostHolder(releaseId: string, runId: string): void {
    this.endWatch(runId);
    if (this.state.holder?.runId !== runId) return;
    this.letGo(releaseId, true, runId);
    this.takeOver = `${releaseId} lost the environment: it stopped running without letting go. What it had changed may still stand.`;
    this.log(this.takeOver);
  }

  /** Announced freezes, also those that have ended since. */
  get freezes(): readonly AnnouncedFreeze[] {
    return this.state.freezes ?? [];
  }

  /** The id of the freeze that a request announced, if it is still remembered. */
  freezeOf(request: string): string | undefined {
    return this.state.freezeRequests?.find((known) => known.request === request)?.id;
  }

  announce(order: Omit<AnnouncedFreeze, 'id'>, request: string): AnnouncedFreeze {
    const number = (this.state.freezesSoFar ?? 0) + 1;
    const freeze = { id: `f${number}`, ...order };
    const requests = [...(this.state.freezeRequests ?? []), { request, id: freeze.id }];
    this.change({
      freezesSoFar: number,
      freezes: [...this.freezes, freeze],
      ...(request !== '' && { freezeRequests: requests.slice(-MOST_FREEZES) }),
    });
    return freeze;
  }

  /** Forgets a freeze. */
  lift(id: string): void {
    this.change({ freezes: this.freezes.filter((freeze) => freeze.id !== id) });
  }

  private get hands(): number {
    return this.state.hands ?? 0;
  }

  /** A look at what runs; one from before the environment changed hands, or while it is held, counts no more. */
  sighted(sighting: Sighting): void {
    if (this.state.holder || sighting.hands !== this.hands) return;
    const { watch, said } = watchAfter(this.state.watch, sighting);
    this.change({ watch });
    for (const words of said) this.log(words);
  }

  /** What runs is taken for what is meant to run: nothing has drifted then. */
  adopt(live: EnvironmentState['live'], adoption: Adoption): void {
    const { watch } = this.state;
    this.change({ live, adopted: adoption, hands: this.hands + 1, ...(watch && { watch: withoutDrift(watch) }) });
    this.log(`${adoption.by} adopted what runs: ${clip(adoption.reason, 200)}`);
  }

  /** By which rules it is looked at. */
  watchedBy(rules: string): void {
    this.change({ watchedBy: rules });
  }

  /** The rules were read, and say where they are to be read next time; without it they come with each request. */
  rulesRead(rules: KnownRules | undefined): void {
    const before = this.state.rules;
    this.change({ rules: rules ?? null });
    this.rulesTrouble = undefined;
    if (rules?.origin.commit === before?.origin.commit) return;
    this.log(rules ? `the rules are ${rulesWords(rules.origin)}` : 'the rules come with each request from now on');
  }

  rulesUnreadable(report: ErrorReport): void {
    this.rulesTrouble = { at: Date.now(), report };
  }

  /** Why the rules could not be read, if that was less than `lasting` milliseconds ago. */
  troubleWithRules(lasting: number): ErrorReport | undefined {
    const { at, report } = this.rulesTrouble ?? {};
    return at !== undefined && Date.now() - at < lasting ? report : undefined;
  }

  log(text: string): void {
    this.change({ log: [...this.state.log, { at: now(), text }].slice(-LOG_LINES) });
  }

  private change(part: Partial<EnvironmentState>): void {
    this.state = { ...this.state, ...part };
  }
}

const now = (): string => new Date().toISOString();

const isOfTag = (requestId: string): boolean => requestId.startsWith(tagRequests);
