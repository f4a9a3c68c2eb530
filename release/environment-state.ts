/** What an environment's workflow knows: who holds it, who waits, what is live, which versions are on hold. */
import type { AnnouncedFreeze } from './calendar/announced';
import type { WatchState } from './drift';
import type { EnvironmentRules } from './environment-rules';
import type { ErrorReport } from './errors';
import type { LiveRecord } from './ledger';
import { clip } from './clip';
import { changedNothing, type Outcome } from './phase';
import type { RollbackRequest } from './rollback-request';
import type { Project, Repository } from './project';
import type { ReleaseKind } from './rule-words';
import type { KnownRules } from './rules-origin';
import type { EmergencyStop } from './stop';
import type { SchemaDebt } from './schema-debt';
import type { LiveService } from './live-service';
import type { Soak } from './soak';

/** A release that asks for the environment's lock. */
export interface LockRequest {
  readonly releaseId: string;
  readonly runId: string;
  readonly version: string;
  /** Absent = normal. */
  readonly kind?: ReleaseKind;
}

/** A release that was started and has not said that it ended. Its place in the queue is that of its request. */
export interface QueuedRelease {
  readonly releaseId: string;
  readonly runId: string;
  readonly version: string;
  readonly by: string;
  /** When it was started: ISO 8601, UTC. */
  readonly at: string;
  /** By which release it was replaced, if it was: it is never given the lock. */
  readonly replacedBy?: string;
  /** Absent = normal. */
  readonly kind?: ReleaseKind;
  /** rollback: the version that it leaves. */
  readonly leaves?: string;
  /** hotfix: it ends the waits of one that is in its way, and why. */
  readonly endWaits?: string;
  /** rollback: it puts back what the last release left. */
  readonly restores?: true;
}

/** A service at the commit that a release would bring. */
export interface TargetService {
  readonly service: string;
  readonly repository: Repository;
  readonly commit: string;
}

/** A version that rolled back: it is not released again without an explicit word. */
export interface Hold {
  readonly releaseId: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Why it rolled back. */
  readonly why: string;
}

/** What a request for a release came to: the one that runs for it, or why none does. */
export type ReleaseAnswer =
  | {
      readonly releaseId: string;
      readonly runId: string;
      /** Absent = it was started for this request. `told`: it runs, and was told to roll back. `joined`: it does already. */
      readonly how?: 'told' | 'joined';
      /** How, in a sentence. */
      readonly words?: string;
    }
  | { readonly refused: ErrorReport };

/** What any request to an environment came to; `done`: what was asked for, in one sentence. */
export type RequestAnswer = ReleaseAnswer | { readonly done: string };

/** What a release says when it gives the environment back for good. */
export interface ReleaseEnd {
  readonly outcome: Outcome;
  /** Why it did not finish; empty if it did. */
  readonly why: string;
  readonly live: readonly LiveRecord[];
  /** Migrations that stayed although it went back: `service: name`. */
  readonly schemaDebt?: readonly string[];
  /** Who asked for it. */
  readonly by?: string;
  /** Absent = normal. */
  readonly kind?: ReleaseKind;
  /** A finished rollback: the version from which it went back. */
  readonly left?: string;
  /** Why somebody asked for it; absent = they did not say. */
  readonly reason?: string;
  /** It was to put back what the last release left; as the environment knows it. */
  readonly restores?: true;
  /** Of one that finished: the rules under which it ran, by which it is looked at and rolled back from now on. */
  readonly project?: Project;
}

/** A release that stopped running while it held the environment: nobody else is let in until that is settled. */
export interface LostHolder {
  readonly releaseId: string;
  readonly runId: string;
  /** When it was noticed: ISO 8601, UTC. */
  readonly at: string;
  /** What puts back what it has changed; null = nothing yet. An empty run = the newest. */
  readonly recovery: { readonly releaseId: string; readonly runId: string } | null;
  /** Why a person must decide; empty = nobody need. */
  readonly asks: string;
  /** It was to put back what the last release left. */
  readonly restores?: true;
}

/** What became of a word that a person said to an environment. */
export interface WordAnswer {
  readonly accepted: boolean;
  /** Of the freeze, or of the stop; empty if there is none. */
  readonly id: string;
  readonly detail: string;
}

/** A word that counted: sent again, it gets the same answer, and changes nothing. */
export interface WordSaid {
  /** Its kind, and the sender's own id of it. */
  readonly word: string;
  readonly answer: WordAnswer;
  /** It is remembered until then at least: ISO 8601, UTC; absent = while there is room. */
  readonly until?: string;
}

/** The rules by which words are judged, and from whom they are. */
export interface RulesKept {
  readonly rules: EnvironmentRules;
  /** The release that was asked for with them. */
  readonly with: string;
  readonly by: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** What the query `environmentState` answers, and what a new run of the workflow begins with. */
export interface EnvironmentState {
  readonly holder: LockRequest | null;
  /** Those that ask for the lock, next first. */
  readonly waiting: readonly LockRequest[];
  /** All that are under way, in order of place; the holder too. */
  readonly queue: readonly QueuedRelease[];
  /** What those under way would bring, by release; only where newer versions replace older ones. */
  readonly targets: Readonly<Record<string, readonly TargetService[]>>;
  /** By version. */
  readonly holds: Readonly<Record<string, Hold>>;
  /** By service. */
  readonly live: Readonly<Record<string, LiveService>>;
  /** How many releases each version has had. */
  readonly numbers: Readonly<Record<string, number>>;
  /** Answers of the newest requests, so that one that is sent again gets the same. */
  readonly answered: readonly { readonly requestId: string; readonly answer: RequestAnswer }[];
  /** Announced, not ended yet; absent = none. */
  readonly freezes?: readonly AnnouncedFreeze[];
  /** How many there ever were: the number of the newest. */
  readonly freezesSoFar?: number;
  /** Which request announced which, so that one that is sent again announces nothing. */
  readonly freezeRequests?: readonly { readonly request: string; readonly id: string }[];
  /** How often it was given to somebody, or what is live was settled otherwise; absent = never. */
  readonly hands?: number;
  /** What looks at it have come to; absent = nobody has looked. */
  readonly watch?: WatchState;
  /** Schema that rollbacks left and nothing uses yet; absent = none. */
  readonly schemaDebt?: readonly SchemaDebt[];
  /** Digest of the rules by which it is looked at; absent = none are known. */
  readonly watchedBy?: string;
  /** Since when what stands there is taken as it is, by whom and why; absent = nobody has adopted it. */
  readonly adopted?: Adoption;
  /** The rules as they were read last from their protected commit; absent = they come with each request. */
  readonly rules?: KnownRules | null;
  /** Absent or null = none. */
  readonly lost?: LostHolder | null;
  /** Said to the next holder, where the last one was lost; absent = nothing. */
  readonly takeOver?: string;
  /** Emergency stops that are not lifted; absent = none. */
  readonly stops?: readonly EmergencyStop[];
  /** How many there ever were: the number of the newest. */
  readonly stopsSoFar?: number;
  /** Grows with each change of `stops`. */
  readonly stopsRevision?: number;
  /** Words that counted, oldest first. */
  readonly said?: readonly WordSaid[];
  /** Those by which words are judged: of the newest release that was started; absent = there was none yet. */
  readonly wordRules?: RulesKept;
  /** The rules of the last release that finished; absent = not known. */
  readonly project?: Project;
  /** A rollback that was passed on to the release that holds: it is asked for again should that one finish. */
  readonly passedOn?: { readonly releaseId: string; readonly request: RollbackRequest };
  /** Versions that soak: looked at after their release has finished; absent = none. */
  readonly soaks?: readonly Soak[];
  /** It has just begun, and still asks what the run before it knew; absent = no. */
  readonly recalling?: true;
  /** Newest last; at most 50. */
  readonly log: readonly { readonly at: string; readonly text: string }[];
}

/** A person's word that what is there is what is meant to be there. */
export interface Adoption {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly by: string;
  readonly reason: string;
}

export const emptyEnvironment: EnvironmentState = {
  holder: null,
  waiting: [],
  queue: [],
  targets: {},
  holds: {},
  live: {},
  numbers: {},
  answered: [],
  log: [],
};

/** What is live after a release of `version` ended so: only one that finished makes what ran before it `previous`. */
export function liveAfter(
  live: EnvironmentState['live'],
  { releaseId, at }: { readonly releaseId: string; readonly at: string },
  end: ReleaseEnd,
): EnvironmentState['live'] {
  const isNew = end.outcome === 'finished';
  const changed = end.live.map(({ service, version, commit, previous: seen }): [string, LiveService] => {
    const before = live[service];
    // One that did not put back what was left leaves the record as it is: what was moved by hand is not meant to run.
    if (before && (changedNothing(end) || (end.restores && !isNew))) return [service, before];
    const isSame = before?.version === version && before.commit === commit;
    if (isSame && end.restores) return [service, { ...before, restoredAt: at }];
    // What runs once more runs since then, but what was before it is what it was.
    if (isSame) return [service, end.kind === 'redeploy' && isNew ? { ...before, since: at, releaseId } : before];
    const ran = before && seen?.commit === before.commit ? known(before) : (seen ?? known(before));
    const previous = isNew ? ran : before && known(before.previous);
    return [
      service,
      {
        version,
        commit,
        since: at,
        releaseId,
        previous: previous ?? null,
        ...(end.by !== undefined && { by: end.by }),
        ...(isNew && end.kind === 'rollback' && { backFrom: ran?.version ?? '' }),
      },
    ];
  });
  return { ...live, ...Object.fromEntries(changed) };
}

const known = (live: { readonly version: string; readonly commit: string | null } | null | undefined) =>
  live?.version ? { version: live.version, commit: live.commit } : null;

/** By service: the commit that is live, where it is known. */
export function commitsOf(live: EnvironmentState['live']): Readonly<Record<string, string>> {
  const known = Object.entries(live).flatMap(([service, { commit }]) => (commit ? [[service, commit] as const] : []));
  return Object.fromEntries(known);
}

/** Which versions are on hold after a release ended so. */
export function holdsAfter(
  holds: EnvironmentState['holds'],
  { releaseId, version, at }: { readonly releaseId: string; readonly version: string; readonly at: string },
  { outcome, why, kind = 'normal', left, by, reason, restores }: ReleaseEnd,
): EnvironmentState['holds'] {
  const others = Object.fromEntries(Object.entries(holds).filter(([held]) => held !== version));
  if (outcome === 'finished')
    // What was moved there by hand was no release that failed.
    return left === undefined || restores
      ? others
      : { ...others, [left]: { releaseId, at, why: why || backWords(by, reason) } };
  // What was to come back is none the worse for it.
  if (kind === 'rollback' || kind === 'redeploy') return holds;
  if (outcome !== 'rolled back' && outcome !== 'abandoned') return holds;
  // A sentence within a sentence loses its full stop.
  return { ...others, [version]: { releaseId, at, why: why.replace(/\.$/, '') } };
}

const backWords = (by = 'somebody', reason = ''): string =>
  `${by} rolled it back${reason === '' ? '' : `: ${clip(reason, 300)}`}`;

/** The queue with one more: rollbacks before hotfixes, and those before all others. */
export function placed(queue: EnvironmentState['queue'], release: QueuedRelease): EnvironmentState['queue'] {
  const rank = ({ kind }: QueuedRelease) => (kind === 'rollback' ? 0 : kind === 'hotfix' ? 1 : 2);
  const at = queue.findIndex((other) => rank(other) > rank(release));
  return at === -1 || rank(release) === 2 ? [...queue, release] : [...queue.slice(0, at), release, ...queue.slice(at)];
}

/** The queue with `releaseId` moved to its beginning or its end. */
export function movedTo(
  queue: EnvironmentState['queue'],
  releaseId: string,
  place: 'first' | 'last',
): EnvironmentState['queue'] {
  const moved = queue.filter((one) => one.releaseId === releaseId);
  const others = queue.filter((one) => one.releaseId !== releaseId);
  return place === 'first' ? [...moved, ...others] : [...others, ...moved];
}

/** Requests for the lock in the order of the queue; one that stands in none, as a recovery does, comes first. */
export function inOrderOf(queue: EnvironmentState['queue'], waiting: readonly LockRequest[]): LockRequest[] {
  const place = ({ releaseId }: LockRequest) => queue.findIndex((one) => one.releaseId === releaseId);
  return [...waiting].sort((a, b) => place(a) - place(b));
}
