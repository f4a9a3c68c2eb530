/** Every message of the workflows: what clients import. Payloads of decisions are checked by release/decision.ts. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { TagsReport } from '../activities/contract';
import type { AnnouncedFreeze } from '../release/calendar/announced';
import type { CalendarRequest } from '../release/calendar/needed';
import { decisionKinds, type DecisionKind, type DecisionVerdict } from '../release/decision';
import type { Versions } from '../release/doctor';
import type { Project } from '../release/project';
import type { RecoveryAction, UnfinishedRelease } from '../release/recovery';
import type { ReleaseState } from '../release/state';

/** Input of the workflow `release`. */
export interface ReleaseInput extends CalendarRequest {
  /** Only the environment of this release is in it. References to secrets, never secrets. */
  readonly project: Project;
  readonly environment: string;
  readonly version: string;
  /** A commit given by hand for every service, instead of what the version says. */
  readonly commit: string | null;
  readonly requestedBy: string;
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

/** The environment's answer: the release that runs, or one sentence why none does. */
export type RequestAnswer =
  { readonly releaseId: string; readonly runId: string } | { readonly refused: 'RELEASE_RUNNING'; readonly id: string };

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

/** Input of the workflow `environment`; the carried state is its own across continue-as-new. */
export interface EnvironmentInput {
  readonly project: string;
  readonly environment: string;
  readonly carried?: EnvironmentState;
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

/** Who holds an environment and who waits: what the query `environmentState` answers. */
export interface EnvironmentState {
  readonly holder: LockRequest | null;
  readonly waiting: readonly LockRequest[];
  /** Releases that were started and have not said that they ended: workflow id → version. */
  readonly active: Readonly<Record<string, string>>;
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
  /** Newest last; at most 50. */
  readonly log: readonly { readonly at: string; readonly text: string }[];
}

/** A release that asks for the environment's lock. */
export interface LockRequest {
  readonly releaseId: string;
  readonly runId: string;
  readonly version: string;
}

/**
 * Milliseconds after which a workflow's task is given to another worker when the one that took it says nothing more. By
 * default it is 10 s, for which a release would stand still if its worker is killed in the few milliseconds of a task,
 * or if a task is handed to one that was killed just then. Replaying a release takes 200 ms; an environment's history
 * can be ten times as long. Somebody stands and waits for the answer to a question, whose history is the shortest.
 */
export const taskTimeouts = { release: 2_000, environment: 4_000, question: 2_000 } as const;

export const requestReleaseUpdate = defineUpdate<RequestAnswer, [ReleaseRequest]>('requestRelease');
export const environmentStateQuery = defineQuery<EnvironmentState>('environmentState');

/** Between a release and its environment; people need not send these. */
export const requestLockSignal = defineSignal<[LockRequest]>('requestLock');
export const releaseLockSignal = defineSignal<[{ readonly releaseId: string; readonly ended: boolean }]>('releaseLock');
export const lockGrantedSignal =
  defineSignal<[{ readonly note: string; readonly freezes?: readonly AnnouncedFreeze[] }]>('lockGranted');
export const lockQueuedSignal = defineSignal<[{ readonly behind: string }]>('lockQueued');

/** An environment tells its releases which freezes hold now. */
export const freezesSignal = defineSignal<[{ readonly freezes: readonly AnnouncedFreeze[] }]>('freezes');

/** What became of a word about a freeze. */
export interface FreezeAnswer {
  readonly accepted: boolean;
  /** Of the freeze; empty if there is none. */
  readonly id: string;
  readonly detail: string;
}

/** People announce a freeze to an environment, or end one: payloads as in release/calendar/announced.ts. */
export const freezeSignal = defineSignal<[unknown]>('freeze');
export const freezeUpdate = defineUpdate<FreezeAnswer, [unknown]>('freeze');
export const unfreezeSignal = defineSignal<[unknown]>('unfreeze');
export const unfreezeUpdate = defineUpdate<FreezeAnswer, [unknown]>('unfreeze');

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

/** What `slipway trigger list` shows. */
export type { SeenTag, TriggersRecord } from '../activities/contract';

/** What `slipway plan` shows: the gates and the plan, without a release. */
export type { Survey } from '../activities/contract';

/** What `slipway recover` shows of a release. */
export type { FoundRelease } from '../release/recovery';
