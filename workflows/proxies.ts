/** Every activity's time limits and retries, in one table: the only place where workflows reach activities. */
import {
  ActivityCancellationType,
  proxyActivities,
  proxyLocalActivities,
  type ActivityOptions,
} from '@temporalio/workflow';
import type { Activities } from '../activities/contract';
import type { LedgerWrite } from '../release/ledger';
import { fittedBytes } from '../release/plain-text';

const second = 1_000;
const minute = 60 * second;

/**
 * Every activity heartbeats each 400 ms, so a dead worker is noticed after 2 s (measured: 1.6–2.1 s until the next
 * attempt starts; docs/recovery.md).
 */
const base = {
  // Not the default, whatever its documentation says: without it the way back would begin beside a step still running.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  heartbeatTimeout: 2 * second,
  retry: { initialInterval: 100, backoffCoefficient: 2, maximumInterval: 5 * second },
} satisfies ActivityOptions;

/**
 * Before anything has changed: give up soon (8 tries ≈ 11 s of pauses), so that people hear of it. A repository that
 * is not there is then a wrong address; later it is a host in trouble, which is worth waiting for.
 */
const look = {
  ...base,
  startToCloseTimeout: 5 * minute,
  retry: { ...base.retry, maximumAttempts: 8, nonRetryableErrorTypes: ['REMOTE_MISSING', 'GITHUB_REPOSITORY_MISSING'] },
};

/** Looks for tags: the next one comes soon anyway, and a person who waits for the first is told soon. */
const poll = { ...base, startToCloseTimeout: 15 * minute, retry: { ...base.retry, maximumAttempts: 4 } };

/** Forward effects: worth some minutes of trying, since giving up means rolling back. */
const act = { ...base, startToCloseTimeout: 60 * minute, retry: { ...base.retry, maximumAttempts: 30 } };

/**
 * The fence is let go as well as it can be: one that stays is taken over by the next release, so people are not kept
 * waiting for it (12 tries ≈ 30 s of pauses).
 */
const free = { ...look, retry: { ...look.retry, maximumAttempts: 12 } };

/** Compensations: tried for about ten minutes before a person is asked. */
const undo = { ...base, startToCloseTimeout: 60 * minute, retry: { ...base.retry, maximumAttempts: 120 } };

/** What the ledger does not take yet is tried for ever, visibly, beside whatever the release does. */
const keep = {
  ...base,
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  startToCloseTimeout: minute,
};

/** Somebody waits for an answer of the ledger: 5 tries ≈ 1.5 s of pauses. */
const read = { ...base, startToCloseTimeout: minute, retry: { ...base.retry, maximumAttempts: 5 } };

/** Waits with checks: one activity per segment of at most 15 minutes. */
const wait = { ...base, startToCloseTimeout: 24 * 60 * minute, retry: { ...base.retry, maximumAttempts: 1000 } };

/** Who decides is asked while the sender waits, and other decisions behind theirs; it says itself where it could not tell. */
const prove = { ...base, startToCloseTimeout: 30 * second, retry: { ...base.retry, maximumAttempts: 3 } };

/** A look at an environment: the next one comes soon anyway. */
const watch = { ...base, startToCloseTimeout: 5 * minute, retry: { ...base.retry, maximumAttempts: 3 } };

/** An environment answers nobody else meanwhile, so a remote in trouble is soon said to be so. */
const consult = {
  ...look,
  startToCloseTimeout: 30 * second,
  scheduleToCloseTimeout: 30 * second,
  retry: { ...look.retry, maximumAttempts: 4 },
};

/** What was stopped, or frozen, must not be forgotten for a worker that is away for a moment; for ever nobody can wait. */
const recall = {
  ...base,
  startToCloseTimeout: 30 * second,
  scheduleToCloseTimeout: minute,
};

/** Somebody stands there and waits; each look has a limit of its own besides. */
const examine = { ...base, startToCloseTimeout: 3 * minute, retry: { ...base.retry, maximumAttempts: 3 } };

const options: Readonly<Record<keyof Activities, ActivityOptions & { readonly summary?: string }>> = {
  surveyRelease: look,
  readRules: consult,
  readStops: read,
  judgeCalendar: wait,
  awaitGates: wait,
  showCalendar: examine,
  takeFences: look,
  makeBackups: act,
  applyMigrations: act,
  movePointer: act,
  awaitLive: wait,
  watchChecks: wait,
  raiseFences: undo,
  undoPointer: undo,
  undoMigrations: undo,
  freeFences: free,
  awaitReleaseEnd: wait,
  findReplaced: consult,
  recallEnvironment: recall,
  lookForTags: poll,
  startTaggedReleases: poll,
  readTriggers: poll,
  watchEnvironment: watch,
  keepWatch: read,
  lookToAdopt: examine,
  recordAdoption: read,
  examine,
  proveDecision: prove,
  recordInLedger: keep,
  readHistory: read,
  readRelease: read,
  listUnfinished: read,
  loadUnfinished: read,
  lookAtUnfinished: look,
};

type Call<K extends keyof Activities> = (
  input: Parameters<Activities[K]>[0],
  summary: string,
) => ReturnType<Activities[K]>;

/** Gates are waited for by activities of at most this long, in ms: each polls, and the history grows by three events. */
export const GATE_SEGMENT = 12 * 60 * 60_000;

/** Bytes: what Temporal's documentation allows. Its server refuses to start a workflow with one above 400. */
export const MAX_SUMMARY = 200;

/** Calls `name` with its limits from the table and a summary that people read in the Web UI's timeline. */
function call<K extends keyof Activities>(name: K): Call<K> {
  return (input, summary) => {
    const proxy = proxyActivities<Activities>({ ...options[name], summary: fittedBytes(summary, MAX_SUMMARY) });
    return (proxy[name] as unknown as (input: unknown) => ReturnType<Activities[K]>)(input);
  };
}

/** The activities as workflows call them: `activity.movePointer(input, 'Move api to v1.2.0')`. */
export const activity: { readonly [K in keyof Activities]: Call<K> } = Object.fromEntries(
  (Object.keys(options) as (keyof Activities)[]).map((name) => [name, call(name)]),
) as unknown as { readonly [K in keyof Activities]: Call<K> };

/**
 * Writes to the ledger within the workflow's own task, which costs one event instead of six. One try of at most a
 * second, since the release stands still meanwhile; where it fails, `activity.recordInLedger` goes on.
 */
export function recordNow(input: LedgerWrite, summary: string): Promise<void> {
  const options = { startToCloseTimeout: second, retry: { maximumAttempts: 1 }, summary };
  return proxyLocalActivities<Activities>(options).recordInLedger(input);
}

/**
 * Asks an environment's workflow within the release's own task: one event, where a question by signal, its answer and
 * a limit are eleven. One try, as above.
 */
export function readStopsNow(
  input: Parameters<Activities['readStops']>[0],
  summary: string,
): ReturnType<Activities['readStops']> {
  const options = { startToCloseTimeout: second, retry: { maximumAttempts: 1 }, summary };
  return proxyLocalActivities<Activities>(options).readStops(input);
}
