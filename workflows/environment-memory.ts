/** What an environment keeps for people and their words: answers, freezes, stops, rules, what happened. No effects. */
import { MOST_FREEZES, type AnnouncedFreeze } from '../release/calendar/announced';
import {
  emptyEnvironment,
  type EnvironmentState,
  type RequestAnswer,
  type RulesKept,
  type WordAnswer,
  type WordSaid,
} from '../release/environment-state';
import { clip } from '../release/clip';
import type { ErrorReport } from '../release/errors';
import { moment } from '../release/moments';
import { endWords, soakNews } from '../release/render-soak';
import { rulesWords, type KnownRules } from '../release/rules-origin';
import {
  accepted,
  newAccount,
  replacementOf,
  soaksTold,
  type Soak,
  type SoakAccount,
  type SoakOrder,
  type SoakWord,
} from '../release/soak';
import type { EmergencyStop, StopsTold } from '../release/stop';
import type { RollbackRequest } from '../release/rollback-request';
import { tagRequests } from '../release/request-tag';

/**
 * Answers remembered for requests that are sent again: clients give up long before so many others have come. Those of
 * tags are counted apart, and one is only sent when the last one's answer is recorded: theirs are never forgotten early.
 */
const REMEMBERED_ANSWERS = 500;
const LOG_LINES = 50;
const MAX_LINE = 1_000;
const REMEMBERED_WORDS = 100;

/** What the run before knew, if there was one that was ended from outside, and what to say of it; empty = nothing. */
export interface Recalled {
  readonly before?: EnvironmentState;
  readonly words: string;
}

/** The state of an environment, and what in it needs no rule of the queue. */
export class EnvironmentMemory {
  private rulesTrouble: { readonly at: number; readonly report: ErrorReport } | undefined;

  state: EnvironmentState;

  private asked: Promise<void> | null = null;

  /** `carried`: of the run before; what it did not know yet is empty. */
  constructor(carried: Partial<EnvironmentState> = {}) {
    // One that was begun anew knows less than the one before it, and its word is newer all the same.
    this.state = { ...emptyEnvironment, stopsRevision: Date.now(), ...carried };
  }

  /** Settles when what the run before knew is known; null = it is, or nothing is asked. */
  get recalling(): Promise<void> | null {
    return this.asked;
  }

  /** Goes on with what the run before knew, once that is told. What has been noted until then stays. */
  recall(told: Promise<Recalled>): void {
    this.change({ recalling: true });
    this.asked = told.then(({ before, words }) => {
      this.asked = null;
      const { recalling, ...now } = this.state;
      void recalling;
      const stopsRevision = Math.max(now.stopsRevision ?? 0, (before?.stopsRevision ?? 0) + 1);
      const answered = [...(before?.answered ?? []), ...now.answered];
      const log = [...(before?.log ?? []), ...now.log];
      this.state = { ...now, ...before, stopsRevision, answered, log };
      if (words !== '') this.log(words);
    });
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

  /** What a release is told of emergency stops. */
  get stops(): StopsTold {
    return { stops: this.state.stops ?? [], revision: this.state.stopsRevision ?? 0 };
  }

  stop(order: Omit<EmergencyStop, 'id'>): EmergencyStop {
    const number = (this.state.stopsSoFar ?? 0) + 1;
    const stop = { id: `s${number}`, ...order };
    this.change({ stopsSoFar: number });
    this.changeStops([...this.stops.stops, stop]);
    return stop;
  }

  liftStops(ids: readonly string[]): void {
    this.changeStops(this.stops.stops.filter(({ id }) => !ids.includes(id)));
  }

  private changeStops(stops: readonly EmergencyStop[]): void {
    this.change({ stops, stopsRevision: Math.max(this.stops.revision + 1, Date.now()) });
  }

  /** The answer to a word that was said before and counted. */
  saidBefore(word: string): WordAnswer | undefined {
    return this.state.said?.find((known) => known.word === word)?.answer;
  }

  /** Remembers a word that counted; `until`: how long at least. */
  remember(said: WordSaid): void {
    const all = [...(this.state.said ?? []), said];
    const newest = new Set(all.slice(-REMEMBERED_WORDS));
    this.change({ said: all.filter((one) => newest.has(one) || Date.parse(one.until ?? '') > Date.now()) });
  }

  keepRules(rules: RulesKept): void {
    this.change({ wordRules: rules });
  }

  /** A rollback was passed on to the release that holds. */
  passOn(releaseId: string, request: RollbackRequest): void {
    this.change({ passedOn: { releaseId, request } });
  }

  /** What was passed on to this release, which has ended; it is forgotten. */
  takePassedOn(releaseId: string): RollbackRequest | undefined {
    const { passedOn, ...rest } = this.state;
    if (passedOn?.releaseId !== releaseId) return undefined;
    this.state = rest;
    return passedOn.request;
  }

  get soaks(): readonly Soak[] {
    return this.state.soaks ?? [];
  }

  /** A release is to soak; once. */
  soakOrdered(order: SoakOrder): void {
    const { releaseId, from: at } = order;
    if (this.soaks.some((one) => one.releaseId === releaseId)) return;
    this.changeSoaks([...this.soaks, { ...newAccount(order, { at, heldBy: '' }), order }]);
    this.log(`${order.version} soaks until ${moment(order.until)}, without the lock`);
  }

  soakBegun(releaseId: string): void {
    this.changeSoak(releaseId, ({ order, ...begun }) => {
      void order;
      return begun;
    });
  }

  /** What a soak has come to; one that this environment has forgotten, or never knew, is known from now on. */
  soakTold(account: SoakAccount, environment: string): void {
    const before = this.soaks.find(({ releaseId }) => releaseId === account.releaseId);
    if (!before && account.end) return;
    const soaks = soaksTold(this.soaks, account);
    const now = soaks.find(({ releaseId }) => releaseId === account.releaseId) ?? account;
    // One that was replaced is told so again; what it has to say is of no use any more.
    const isReplaced = replacementOf(account, this.state.live) !== undefined;
    const news = isReplaced && !account.end ? [] : soakNews(environment, before, now);
    for (const words of news) this.log(clip(words, MAX_LINE));
    this.changeSoaks(soaks);
  }

  /** `word`: what it was told. */
  soakWasTold(releaseId: string, word: string): void {
    this.changeSoak(releaseId, (one) => ({ ...one, told: word }));
  }

  soakReplaced(releaseId: string, by: string): void {
    this.soakOver(releaseId, (one) => endWords(one, { how: 'replaced', at: now(), by }));
  }

  soakGone(releaseId: string): void {
    this.soakOver(releaseId, ({ version }) => `the soak of ${version} no longer runs: nobody looks at it any more`);
  }

  acceptBreach(releaseId: string, word: NonNullable<SoakWord['accepted']>): void {
    this.changeSoak(releaseId, (one) => accepted(one, word));
  }

  private soakOver(releaseId: string, words: (soak: Soak) => string): void {
    const soak = this.soaks.find((one) => one.releaseId === releaseId);
    if (soak) this.log(words(soak));
    this.changeSoaks(this.soaks.filter((one) => one !== soak));
  }

  private changeSoak(releaseId: string, change: (soak: Soak) => Soak): void {
    this.changeSoaks(this.soaks.map((one) => (one.releaseId === releaseId ? change(one) : one)));
  }

  private changeSoaks(soaks: readonly Soak[]): void {
    this.change({ soaks });
  }

  log(text: string): void {
    this.change({ log: [...this.state.log, { at: now(), text }].slice(-LOG_LINES) });
  }

  protected change(part: Partial<EnvironmentState>): void {
    this.state = { ...this.state, ...part };
  }
}

const now = (): string => new Date().toISOString();

const isOfTag = (requestId: string): boolean => requestId.startsWith(tagRequests);
