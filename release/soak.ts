/**
 * The soak: after a release has finished, its checks go on for a long time without the environment's lock. A check that
 * fails is a breach, on which a person decides; nothing rolls back by itself. Pure: what each look makes of an account.
 */
import type { CheckResult } from './check-result';
import { clip } from './clip';
import { parseReleaseWorkflowId } from './identity';
import type { LiveService } from './live-service';
import type { Outcome } from './phase';
import type { Check, Project, SoakRule } from './project';
import { smokeChecks } from './step-checks';
import type { Verdict } from './verdict';

/** What a service runs while it soaks; commit null = not known. */
export interface SoakedService {
  readonly version: string;
  readonly commit: string | null;
}

/** What the workflow `soak` is started with. */
export interface SoakOrder {
  readonly project: string;
  readonly environment: string;
  readonly releaseId: string;
  /** Of the release; empty = not known. */
  readonly runId: string;
  readonly version: string;
  readonly services: Readonly<Record<string, SoakedService>>;
  readonly checks: readonly Check[];
  /** ISO 8601, UTC. */
  readonly from: string;
  readonly until: string;
  readonly interval: number;
  readonly remind: number;
}

/** A check that fails, or did when it was asked last. */
export interface FailingCheck {
  readonly name: string;
  /** What was expected and what came. */
  readonly detail: string;
  /** Since when, and when it was seen last: ISO 8601, UTC. */
  readonly since: string;
  readonly at: string;
}

/** What a person must decide on: these checks have failed. */
export interface Breach {
  /** `<version>/<n of the release>/b1`, `…/b2`: what a word about it names. */
  readonly id: string;
  readonly at: string;
  readonly checks: readonly FailingCheck[];
  /** How often people were reminded, and when they are next. */
  readonly reminded: number;
  readonly remindAt: string;
  /** Since when none of its checks fails any more; null = one does. */
  readonly passesSince: string | null;
  /** Who has accepted it, and why; null = it waits for a person. */
  readonly accepted: Acceptance | null;
}

/** A person's word that what runs may go on running in spite of a breach. */
export interface Acceptance {
  readonly by: string;
  readonly reason: string;
  readonly at: string;
}

/**
 * How a soak came to its end. `passed`: its time is over and nothing fails; `accepted`: what fails was accepted; `unknown`:
 * no answer at its end; `replaced`: something else runs; `cancelled`: by a person in Temporal.
 */
export interface SoakEnd {
  readonly how: 'passed' | 'accepted' | 'unknown' | 'replaced' | 'cancelled';
  readonly at: string;
  /** replaced: by what. */
  readonly by?: string;
}

/** What a soak has come to, as it tells its environment. */
export interface SoakAccount {
  readonly releaseId: string;
  readonly version: string;
  readonly services: Readonly<Record<string, SoakedService>>;
  readonly from: string;
  readonly until: string;
  /** When this was said: ISO 8601, UTC. */
  readonly at: string;
  /** The release that holds the environment: nobody looks meanwhile; empty = none. */
  readonly heldBy: string;
  readonly failing: readonly FailingCheck[];
  /** Since when it could not be told how the checks are; null = it can. That alone is no breach. */
  readonly silence: { readonly since: string; readonly detail: string } | null;
  /** The newest. */
  readonly breach: Breach | null;
  /** How many there were. */
  readonly breaches: number;
  readonly end: SoakEnd | null;
}

/** A soak as its environment keeps it. */
export interface Soak extends SoakAccount {
  /** It is still to be started with this; absent = it was. */
  readonly order?: SoakOrder;
  /** What it was told last. */
  readonly told?: string;
}

/** What an environment tells a soak. */
export interface SoakWord {
  /** Who holds the environment; empty = nobody. */
  readonly heldBy: string;
  /** What runs in its place. */
  readonly replacedBy?: string;
  readonly accepted?: Acceptance & { readonly breach: string };
}

const DAY = 86_400_000;
const MAX_DETAIL = 300;

/** What of a release's end counts. */
interface Ended {
  readonly outcome: Outcome;
  readonly project?: Project;
  readonly live: readonly (SoakedService & { readonly service: string })[];
}

/** The soak that follows a release which has ended so; undefined = none is configured, or there is nothing to look at. */
export function soakAfter(
  { project, environment }: { readonly project: string; readonly environment: string },
  { releaseId, runId, at }: { readonly releaseId: string; readonly runId: string; readonly at: string },
  { outcome, project: rules, live }: Ended,
): SoakOrder | undefined {
  const rule = rules?.environments[environment]?.soak;
  const version = parseReleaseWorkflowId(releaseId)?.version;
  if (outcome !== 'finished' || !rules || !isRule(rule) || version === undefined) return undefined;
  const services = live.map(({ service, version: now, commit }) => [service, { version: now, commit }] as const);
  const checks = soakChecks(rules, live);
  if (checks.length === 0) return undefined;
  const until = new Date(Date.parse(at) + rule.for).toISOString();
  const { interval, remind } = rule;
  const which = { project, environment, releaseId, runId, version, services: Object.fromEntries(services) };
  return { ...which, checks, from: at, until, interval, remind };
}

/** The same that the monitoring window looks at. */
function soakChecks(project: Project, live: Ended['live']): Check[] {
  return smokeChecks(
    project,
    live.filter(({ service }) => Object.hasOwn(project.services, service)),
  );
}

/** Rules come in a message: whoever sends it may have written anything there. */
const isRule = (rule: Partial<SoakRule> | undefined): rule is SoakRule =>
  [rule?.for, rule?.interval, rule?.remind].every((ms) => typeof ms === 'number' && ms > 0 && Number.isFinite(ms));

/** A soak that has just begun, and has not looked yet. */
export function newAccount(
  { releaseId, version, services, from, until }: SoakOrder,
  { at, heldBy }: { readonly at: string; readonly heldBy: string },
): SoakAccount {
  const nothing = { failing: [], silence: null, breach: null, breaches: 0, end: null };
  return { releaseId, version, services, from, until, at, heldBy, ...nothing };
}

/** What runs instead of what soaks: the release, or the person, by whom it came there; undefined = what soaks runs. */
export function replacementOf(
  { services }: Pick<SoakAccount, 'services'>,
  live: Readonly<Record<string, LiveService>>,
): string | undefined {
  for (const [service, { version, commit }] of Object.entries(services)) {
    const now = live[service];
    if (!now) continue;
    const isSame = commit !== null && now.commit !== null ? now.commit === commit : now.version === version;
    if (!isSame) return now.releaseId;
  }
  return undefined;
}

/** One round, or the last one of several, of some of the checks. */
export interface SoakLook {
  readonly results: readonly Pick<CheckResult, 'name' | 'verdict' | 'detail'>[];
  /** Of a watch over all checks that do not fail; absent = only those that do were asked. */
  readonly verdict?: Verdict;
  readonly at: string;
  /** Milliseconds until people are reminded of a breach. */
  readonly remind: number;
}

/**
 * What a look makes of an account. A check that begins to fail is a breach, or a part of the one that waits for a person;
 * one that fails on, accepted or not, is none again until it has passed. No answer changes nothing but `silence`.
 */
export function afterLook(account: SoakAccount, look: SoakLook): SoakAccount {
  const { results, verdict, at } = look;
  const named = (name: string) => results.find((result) => result.name === name);
  const known = account.failing.filter(({ name }) => named(name)?.verdict !== 'passed');
  const kept = known.map((one) => {
    const now = named(one.name);
    return now?.verdict === 'failed' ? { ...one, detail: detailOf(now), at } : one;
  });
  const begun = results
    .filter((one) => one.verdict === 'failed' && !kept.some(({ name }) => name === one.name))
    .map((one): FailingCheck => ({ name: one.name, detail: detailOf(one), since: at, at }));
  const failing = [...kept, ...begun];
  const opened = begun.length > 0 ? breached(account, begun, look) : account;
  return {
    ...opened,
    failing,
    ...(verdict !== undefined && { silence: silenceAfter(account.silence, look) }),
    breach: opened.breach && withEvidence(opened.breach, failing, at),
  };
}

function breached(account: SoakAccount, begun: readonly FailingCheck[], { at, remind }: SoakLook): SoakAccount {
  const { breach } = account;
  if (breach && !breach.accepted) {
    const others = breach.checks.filter(({ name }) => !begun.some((one) => one.name === name));
    const again = begun.map((one) => ({ ...one, since: sinceOf(breach, one) }));
    return { ...account, breach: { ...breach, checks: [...others, ...again] } };
  }
  const breaches = account.breaches + 1;
  const id = `${account.releaseId.split('/').slice(3).join('/')}/b${breaches}`;
  const remindAt = new Date(Date.parse(at) + remind).toISOString();
  const fresh = { id, at, checks: begun, reminded: 0, remindAt, passesSince: null, accepted: null };
  return { ...account, breaches, breach: fresh };
}

const sinceOf = ({ checks }: Breach, { name, since }: FailingCheck): string =>
  checks.find((one) => one.name === name)?.since ?? since;

/** What is newest of its checks, and since when none of them fails. */
function withEvidence(breach: Breach, failing: readonly FailingCheck[], at: string): Breach {
  const now = (name: string) => failing.find((one) => one.name === name);
  const checks = breach.checks.map((one) => ({ ...one, ...pickLatest(now(one.name)) }));
  const isFailing = breach.checks.some(({ name }) => now(name));
  return { ...breach, checks, passesSince: isFailing ? null : (breach.passesSince ?? at) };
}

const pickLatest = (now: FailingCheck | undefined) => (now ? { detail: now.detail, at: now.at } : {});

function silenceAfter(before: SoakAccount['silence'], { results, verdict, at }: SoakLook): SoakAccount['silence'] {
  if (verdict !== 'unknown') return null;
  const silent = results.filter((one) => one.verdict === 'unknown');
  const detail = clip(silent.map(({ name, detail: why }) => `${name} (${why})`).join('; '), MAX_DETAIL);
  return { since: before?.since ?? at, detail };
}

const detailOf = ({ detail }: { readonly detail: string }): string => clip(detail, MAX_DETAIL);

/** Whether a person is asked. */
export function isBreached({ breach }: Pick<SoakAccount, 'breach'>): boolean {
  return breach !== null && breach.accepted === null;
}

/** People are reminded, if that is due at `now` (milliseconds); `remind`: the first time after so long. */
export function reminded(account: SoakAccount, now: number, remind: number): SoakAccount {
  const { breach } = account;
  if (!breach || breach.accepted || now < Date.parse(breach.remindAt)) return account;
  const times = breach.reminded + 1;
  const remindAt = new Date(now + Math.max(remind, Math.min(DAY, remind * 2 ** times))).toISOString();
  return { ...account, breach: { ...breach, reminded: times, remindAt } };
}

/** The breach of that id was accepted; another one was not. */
export function accepted<A extends SoakAccount>(account: A, word: NonNullable<SoakWord['accepted']>): A {
  const { breach } = account;
  const { breach: id, ...acceptance } = word;
  if (!breach || breach.accepted || breach.id !== id) return account;
  return { ...account, breach: { ...breach, accepted: acceptance } };
}

/** How a soak ends whose time is over, and on which nobody needs to decide. */
export function endInTime({ failing, silence }: SoakAccount, at: string): SoakEnd {
  if (silence) return { how: 'unknown', at };
  return { how: failing.length > 0 ? 'accepted' : 'passed', at };
}

/** The soaks of an environment with what one of them has told. What its environment was told meanwhile stays. */
export function soaksTold(soaks: readonly Soak[], account: SoakAccount): readonly Soak[] {
  const before = soaks.find(({ releaseId }) => releaseId === account.releaseId);
  if (account.end) return soaks.filter((one) => one !== before);
  const acceptance = before?.breach?.accepted;
  const now = acceptance ? accepted(account, { ...acceptance, breach: before.breach.id }) : account;
  if (!before) return [...soaks, now];
  const { told } = before;
  return soaks.map((one) => (one === before ? { ...now, ...(told !== undefined && { told }) } : one));
}
