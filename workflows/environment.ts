/**
 * The one workflow per project and environment that lets releases change it: it starts releases, numbers them, and
 * hands its lock from one to the next. Its handlers only note and return; the main loop acts.
 */
import {
  ChildWorkflowCancellationType,
  ParentClosePolicy,
  WorkflowIdReusePolicy,
  allHandlersFinished,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  setCurrentDetails,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError, defineSearchAttributeKey } from '@temporalio/common';
import { releaseWorkflowId } from '../release/identity';
import { fittedBytes } from '../release/plain-text';
import { isObject, problemOfLockRequest, problemOfRequest } from '../release/release-request';
import { renderAbout, renderEnvironment } from '../release/render-environment';
import { EnvironmentRecord } from './environment-record';
import { freezesOfGrant, takeFreezes, tellFreezes, untilHappened } from './freezes';
import { reportOf, slipwayFailure } from './failure';
import {
  environmentStateQuery,
  lockGrantedSignal,
  lockQueuedSignal,
  releaseLockSignal,
  requestLockSignal,
  requestReleaseUpdate,
  taskTimeouts,
  type EnvironmentInput,
  type LockRequest,
  type ReleaseRequest,
  type RequestAnswer,
} from './messages';
import { MAX_SUMMARY, activity } from './proxies';
import type { release } from './release';
import { searchAttributeNames } from './search-attributes';

/** Events after which the history is begun anew, well below the server's own suggestion (4,096). */
const LONG_HISTORY = 2_000;

/**
 * Runs for ever; continues as new when its history gets long. Fails with REQUEST_INVALID if it was started by hand
 * with what is no input.
 */
export async function environment(input: EnvironmentInput): Promise<void> {
  requireInput(input);
  const record = new EnvironmentRecord(input.carried);
  const inbox: (() => Promise<void>)[] = [];
  const take = (work: () => Promise<void>) => void inbox.push(work);
  const show = () => setCurrentDetails(renderEnvironment(input.project, input.environment, record.state));

  setHandler(environmentStateQuery, () => record.state, { description: 'Who holds the environment and who waits.' });
  setHandler(
    requestReleaseUpdate,
    async (request) => {
      if (!record.answerTo(request.requestId)) take(() => startRelease(input, record, request));
      await condition(() => record.answerTo(request.requestId) !== undefined);
      return record.answerTo(request.requestId)!;
    },
    { validator: (request) => requireRequest(request, input) },
  );
  const ignore = (what: string, problem: string) => record.log(`ignored a ${what}: ${problem}`);
  setHandler(requestLockSignal, (request) => {
    const problem = problemOfLockRequest(request, input);
    if (problem) ignore('request for the lock', problem);
    else take(() => queue(record, request));
  });
  setHandler(releaseLockSignal, (letGo) => {
    if (!isObject(letGo) || typeof letGo.releaseId !== 'string') ignore('return of the lock', '"releaseId" is missing');
    else take(async () => record.letGo(letGo.releaseId, letGo.ended === true));
  });
  takeFreezes(record, () => take(() => tellFreezes(record)));

  const long = input.longHistory ?? LONG_HISTORY;
  const isDue = () => workflowInfo().historyLength > long || workflowInfo().continueAsNewSuggested;
  for (;;) {
    show();
    const isWatching = record.state.holder !== null && record.state.waiting.length > 0;
    if (isWatching) void watchHolder(record, record.state.holder!, take);
    await untilHappened(record, () => inbox.length > 0 || isDue());
    while (inbox.length > 0) {
      await inbox.shift()!();
      await grant(record);
    }
    if (isDue()) {
      await condition(allHandlersFinished);
      if (inbox.length > 0) continue;
      await continueAsNew<typeof environment>({ ...input, carried: record.state });
    }
  }
}

function requireInput(input: unknown): void {
  const isOne = isObject(input) && [input['project'], input['environment']].every((name) => typeof name === 'string');
  if (isOne) return;
  const problem = '"project" and "environment" must be names';
  throw slipwayFailure('REQUEST_INVALID', { what: 'an environment', problem });
}

/** Throws REQUEST_INVALID, which turns an update away before anything of it is kept. */
function requireRequest(request: unknown, addressee: EnvironmentInput): void {
  const problem = problemOfRequest(request, addressee);
  if (problem) throw slipwayFailure('REQUEST_INVALID', { what: `the environment ${addressee.environment}`, problem });
}

/** Starts a release as a child that outlives this run, under the next free number of its version. */
async function startRelease(env: EnvironmentInput, record: EnvironmentRecord, request: ReleaseRequest): Promise<void> {
  if (record.answerTo(request.requestId)) return;
  const { requestId, ...input } = request;
  const running = record.activeReleaseOf(request.version);
  if (running && (await isRunning(running))) {
    record.answer(requestId, { refused: 'RELEASE_RUNNING', id: running });
    return;
  }
  if (running) record.letGo(running, true);
  const answer = await startNumbered(env, record, input);
  record.answer(requestId, answer);
  if ('releaseId' in answer && record.freezes.length > 0) await tellFreezes(record, [answer.releaseId]);
}

/** A release that was terminated never said that it ended: ask. */
async function isRunning(releaseId: string): Promise<boolean> {
  const input = { releaseId, runId: '', patience: 0 };
  return (await activity.awaitReleaseEnd(input, `Is ${releaseId} still running?`)).isRunning;
}

async function startNumbered(
  { project, environment: name }: EnvironmentInput,
  record: EnvironmentRecord,
  input: Omit<ReleaseRequest, 'requestId'>,
): Promise<RequestAnswer> {
  const keys = searchAttributeNames;
  const values = { project, environment: name, version: input.version, phase: 'looking' };
  for (;;) {
    const workflowId = releaseWorkflowId(project, name, input.version, record.nextNumber(input.version));
    try {
      const child = await startChild<typeof release>('release', {
        workflowId,
        args: [input],
        workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
        workflowTaskTimeout: taskTimeouts.release,
        parentClosePolicy: ParentClosePolicy.ABANDON,
        cancellationType: ChildWorkflowCancellationType.ABANDON,
        staticSummary: fittedBytes(`${project} ${input.version} → ${name}`, MAX_SUMMARY),
        staticDetails: renderAbout(input.requestedBy),
        typedSearchAttributes: (['project', 'environment', 'version', 'phase'] as const).map((part) => ({
          key: defineSearchAttributeKey(keys[part], 'KEYWORD'),
          value: values[part],
        })),
      });
      record.started(workflowId, input.version, input.requestedBy);
      return { releaseId: workflowId, runId: child.firstExecutionRunId };
    } catch (error) {
      // A number that was used before this workflow's memory began: take the next.
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }
}

/** Notes a release that asks for the lock, and tells it for whom it waits. */
async function queue(record: EnvironmentRecord, request: LockRequest): Promise<void> {
  const behind = record.enqueue(request);
  if (!behind) return;
  await tell(request, async (handle) => handle.signal(lockQueuedSignal, { behind }));
}

/** Hands the lock to the next that still runs. */
async function grant(record: EnvironmentRecord): Promise<void> {
  for (let next = record.takeNext(); next; next = record.takeNext()) {
    const { request, note } = next;
    if (await tell(request, async (handle) => handle.signal(lockGrantedSignal, { note, ...freezesOfGrant(record) })))
      return;
    record.letGo(request.releaseId, true, request.runId);
    record.log(`${request.releaseId} was gone when its turn came`);
  }
}

/** Signals a release. Returns false if it is no longer running. */
async function tell(
  { releaseId, runId }: LockRequest,
  say: (handle: ReturnType<typeof getExternalWorkflowHandle>) => Promise<void>,
): Promise<boolean> {
  try {
    await say(getExternalWorkflowHandle(releaseId, runId));
    return true;
  } catch {
    return false;
  }
}

/** While someone waits: a holder that is closed or terminated without a word loses the lock, visibly. */
async function watchHolder(
  record: EnvironmentRecord,
  { releaseId, runId }: LockRequest,
  take: (work: () => Promise<void>) => void,
): Promise<void> {
  if (!record.beginWatch(runId)) return;
  try {
    await activity.awaitReleaseEnd({ releaseId, runId }, `Until ${releaseId} is no longer running`);
    take(async () => record.lostHolder(releaseId, runId));
  } catch (error) {
    if (!reportOf(error)) throw error;
    record.endWatch(runId);
  }
}
