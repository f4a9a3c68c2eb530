/** Every message of the workflows: what clients import. Payloads of decisions are checked by release/decision.ts. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { TagsReport } from '../activities/triggers/contract';
import type { AnnouncedFreeze } from '../release/calendar/announced';
import type { CalendarRequest } from '../release/calendar/needed';
import { decisionKinds, type DecisionKind, type DecisionVerdict } from '../release/decision';
import type { AdoptRequest } from '../release/adoption';
import type { Versions } from '../release/doctor';
import type {
  EnvironmentState,
  LockRequest,
  ReleaseEnd,
  RequestAnswer,
  TargetService,
  WordAnswer,
} from '../release/environment-state';
import type { Project, RulesPlace } from '../release/project';
import type { RecoveryAction } from '../release/recovery';
import type { UnfinishedRelease } from '../release/unfinished-release';
import type { Sighting } from '../release/sighting';
import type { RulesOrigin } from '../release/rules-origin';
import type { RollbackRequest } from '../release/rollback-request';
import type { RestoreRequest } from '../release/restore';
import type { KindRequest } from '../release/release-kind';
import type { SoakAccount, SoakOrder, SoakWord } from '../release/soak';
import type { ReleaseState } from '../release/state';
import type { StopsTold } from '../release/stop';

/** Input of the workflow `release`. */
export interface ReleaseInput extends CalendarRequest, KindRequest {
  /** Only the environment of this release is in it. References to secrets, never secrets. */
  readonly project: Project;
  readonly environment: string;
  readonly version: string;
  /** A commit given by hand for every service, instead of what the version says. */
  readonly commit: string | null;
  readonly requestedBy: string;
  /** Which commit `project` is of; absent = it came with the request. */
  readonly rules?: RulesOrigin;
  /** Why a version that is on hold, since it rolled back, is released again. */
  readonly again?: string | null;
}

/** Input of the workflow `preview`. */
export interface PreviewInput extends ReleaseInput {
  /** As the environment's workflow has them; absent = none. */
  readonly freezes?: readonly AnnouncedFreeze[];
  /** Where the rules are read; absent = they are those of `project`. */
  readonly rulesPlace?: RulesPlace;
  /** By service: the commit that is live. */
  readonly live?: Readonly<Record<string, string>>;
}

/** Input of the workflow `doctor`. */
export interface DoctorInput {
  /** Only the environment that is examined is in it. */
  readonly project: Project;
  readonly environment: string;
  /** Whether pushes that cannot succeed may be sent, to hear what the remote's rules say. */
  readonly rehearse: boolean;
  /** Of the program that asks. */
  readonly client: Versions;
}

/** Input of the workflow `calendar`: what `slipway calendar` asks. */
export interface CalendarInput {
  /** Only the environment that is looked at is in it. */
  readonly project: Project;
  readonly environment: string;
  readonly weeks: number;
  /** The moment to begin at: ISO 8601; null = now. */
  readonly at: string | null;
  /** As the environment's workflow has them. */
  readonly freezes: readonly AnnouncedFreeze[];
}

/** What a client asks the environment for. */
export interface ReleaseRequest extends ReleaseInput {
  /** The same id is the same request, however often it arrives. */
  readonly requestId: string;
}

/** A person's word on the order in which releases get the lock. */
export interface QueueMove {
  /** The same id is the same request, however often it arrives. */
  readonly requestId: string;
  readonly releaseId: string;
  readonly to: 'first' | 'last';
  readonly by: string;
  readonly reason: string;
}

/** What a release would bring, told to an environment where newer versions replace older ones. */
export interface ReleaseTarget {
  readonly releaseId: string;
  readonly services: readonly TargetService[];
}

/** Input of the workflow `pollTags`: the whole project, so that nothing else has to be known to start its releases. */
export interface PollTagsInput {
  readonly project: Project;
  /** Of which `trigger on` it is. */
  readonly activation: string;
  readonly mode: 'turn on' | 'poll';
}

/** What a poll saw and did. */
export interface PollTagsResult extends TagsReport {
  readonly started: readonly string[];
  readonly refused: number;
  /** Why tags wait, a sentence each. */
  readonly held: readonly string[];
}

/** Input of the workflow `soak`; what is carried is its own across continue-as-new. */
export interface SoakInput extends SoakOrder {
  /** Who holds the environment already; absent = nobody. */
  readonly heldBy?: string;
  readonly carried?: { readonly account: SoakAccount; readonly entries: number };
  /** Events after which the history is begun anew; the default suits everybody but tests. */
  readonly longHistory?: number;
}

/** Input of the workflow `environment`; the carried state is its own across continue-as-new. */
export interface EnvironmentInput {
  readonly project: string;
  readonly environment: string;
  readonly carried?: Partial<EnvironmentState>;
  /** It goes on with what the last run knew, if that was ended from outside; absent = it begins with nothing. */
  readonly recalls?: true;
  /** Events after which the history is begun anew; the default suits everybody but tests. */
  readonly longHistory?: number;
}

/** What `slipway recover` asks: the unfinished releases of an environment, or one of them. */
export interface RecoveryQuestion {
  readonly project: string;
  readonly environment: string;
  readonly release?: { readonly id: string; readonly runId: string };
}

/** Input of the workflow `recovery`. */
export interface RecoveryInput {
  readonly unfinished: UnfinishedRelease;
  readonly action: RecoveryAction;
  readonly by: string;
  readonly reason: string;
  /** A person's word that the Temporal on which the release ran is gone for good. */
  readonly temporalGone: boolean;
}

/**
 * What is asked of an environment comes by signal, any number at once, and is answered by a query: of updates Temporal
 * takes no more than ten at a time.
 */
export const requestReleaseSignal = defineSignal<[ReleaseRequest]>('requestRelease');
/** Back to what ran before; people send it too. */
export const rollbackSignal = defineSignal<[RollbackRequest]>('rollback');
/** Back to what the last release left; people send it too. */
export const restoreSignal = defineSignal<[RestoreRequest]>('restore');
export const moveInQueueSignal = defineSignal<[QueueMove]>('moveInQueue');
/** null = it has not been answered yet, or its answer was long ago and is forgotten. */
export const answerQuery = defineQuery<RequestAnswer | null, [string]>('answer');
export const environmentStateQuery = defineQuery<EnvironmentState>('environmentState');

/** Tells an environment what was seen of it; people need not send it. */
export const sightedSignal = defineSignal<[Sighting]>('sighted');
/** A person takes what is there for what is meant to be there: payload as in release/adoption.ts. */
export const adoptSignal = defineSignal<[AdoptRequest]>('adopt');

/** A release gives the lock or its place back. */
export interface LettingGo {
  readonly releaseId: string;
  /** Absent = from an older Slipway, which did not say it. */
  readonly runId?: string;
  /** It will not ask again. */
  readonly ended: boolean;
  readonly end?: ReleaseEnd;
}
/** Between a soak and its environment; people need not send these. */
export const soakToldSignal = defineSignal<[SoakAccount]>('soakTold');
export const soakWordSignal = defineSignal<[SoakWord]>('soakWord');
export const soakAccountQuery = defineQuery<SoakAccount>('account');

/** Between a release and its environment; people need not send these. */
export const requestLockSignal = defineSignal<[LockRequest]>('requestLock');
export const releaseLockSignal = defineSignal<[LettingGo]>('releaseLock');
export const targetSignal = defineSignal<[ReleaseTarget]>('target');
export const replacedSignal = defineSignal<[{ readonly by: string }]>('replaced');
export const lockGrantedSignal =
  defineSignal<[{ readonly note: string; readonly freezes?: readonly AnnouncedFreeze[]; readonly stops?: StopsTold }]>(
    'lockGranted',
  );
export const lockQueuedSignal = defineSignal<[{ readonly behind: string; readonly endsWaits?: boolean }]>('lockQueued');

/** A hotfix wants the environment: the waits of the release that holds it are to end early. */
export const endWaitsSignal = defineSignal<[EndWaits]>('endWaits');

export interface EndWaits {
  /** The release that wants it. */
  readonly hotfix: string;
  readonly by: string;
  readonly reason: string;
}

/** An environment tells its releases which freezes hold now. */
export const freezesSignal = defineSignal<[{ readonly freezes: readonly AnnouncedFreeze[] }]>('freezes');

/** An environment tells its releases which emergency stops hold now, and answers what they ask of it before a change. */
export const stopsSignal = defineSignal<[StopsTold]>('stops');
export const askStopsSignal =
  defineSignal<[{ readonly releaseId: string; readonly runId: string; readonly n: number }]>('askStops');

/** People announce a freeze to an environment, or end one: payloads as in release/calendar/announced.ts. */
export const freezeSignal = defineSignal<[unknown]>('freeze');
export const freezeUpdate = defineUpdate<WordAnswer, [unknown]>('freeze');
export const unfreezeSignal = defineSignal<[unknown]>('unfreeze');
export const unfreezeUpdate = defineUpdate<WordAnswer, [unknown]>('unfreeze');

/** People stop all releases to an environment, or lift that: payloads as in release/stop.ts. */
export const stopSignal = defineSignal<[unknown]>('stop');
export const stopUpdate = defineUpdate<WordAnswer, [unknown]>('stop');
export const liftStopSignal = defineSignal<[unknown]>('liftStop');
export const liftStopUpdate = defineUpdate<WordAnswer, [unknown]>('liftStop');

/** A person accepts what has failed in a soak: payload as in release/soak-messages.ts. */
export const acceptBreachSignal = defineSignal<[unknown]>('acceptBreach');
export const acceptBreachUpdate = defineUpdate<WordAnswer, [unknown]>('acceptBreach');

/** The whole state of a release, also of a finished one. */
export const stateQuery = defineQuery<ReleaseState>('state');

/**
 * Each decision is a signal and an update of the same name: the signal is durable with no worker and can be sent from
 * the Web UI, the update answers with what became of it.
 */
export const decisionSignals = Object.fromEntries(
  decisionKinds.map((kind) => [kind, defineSignal<[unknown]>(kind)]),
) as Record<DecisionKind, ReturnType<typeof defineSignal<[unknown]>>>;
export const decisionUpdates = Object.fromEntries(
  decisionKinds.map((kind) => [kind, defineUpdate<DecisionVerdict, [unknown]>(kind)]),
) as Record<DecisionKind, ReturnType<typeof defineUpdate<DecisionVerdict, [unknown]>>>;

/** What `slipway queue` and `slipway live` show. */
export type { EnvironmentState, LockRequest, RequestAnswer, WordAnswer } from '../release/environment-state';

/** What `slipway trigger list` shows. */
export type { SeenTag, TriggersRecord } from '../activities/triggers/contract';

/** What `slipway plan` shows: the gates and the plan, without a release. */
export type { Survey } from '../activities/contract';

/** What `slipway recover` shows of a release. */
export type { FoundRelease } from '../release/recovery';

/** What `slipway drift` shows. */
export type { WatchResult } from './watch-environment';
export type { AdoptRequest } from '../release/adoption';
