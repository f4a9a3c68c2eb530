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
import { renderEnvironment } from '../release/render-environment';
import { EnvironmentRecord } from './environment-record';
import { reportOf } from './failure';
import {
  environmentStateQuery,
  lockGrantedSignal,
  lockQueuedSignal,
  releaseLockSignal,
  requestLockSignal,
  requestReleaseUpdate,
  type EnvironmentInput,
  type LockRequest,
  type ReleaseRequest,
  type RequestAnswer,
} from './messages';
import { activity } from './proxies';
import type { release } from './release';
import { searchAttributeNames } from './search-attributes';

/** Events after which the history is begun anew, well below the server's own suggestion (4,096). */
const LONG_HISTORY = 2_000;

/** Runs for ever; continues as new when its history gets long. */
export async function environment(input: EnvironmentInput): Promise<void> {
  const record = new EnvironmentRecord(input.carried);
  const inbox: (() => Promise<void>)[] = [];
  const take = (work: () => Promise<void>) => void inbox.push(work);
  const show = () => setCurrentDetails(renderEnvironment(input.project, input.environment, record.state));

  setHandler(environmentStateQuery, () => record.state, { description: 'Who holds the environment and who waits.' });
  setHandler(requestReleaseUpdate, async (request) => {
    if (!record.answerTo(request.requestId)) take(() => startRelease(input, record, request));
    await condition(() => record.answerTo(request.requestId) !== undefined);
    return record.answerTo(request.requestId)!;
  });
  setHandler(requestLockSignal, (request) => take(() => queue(record, request)));
  setHandler(releaseLockSignal, ({ releaseId, ended }) => take(async () => record.letGo(releaseId, ended)));

  const isDue = () => workflowInfo().historyLength > LONG_HISTORY || workflowInfo().continueAsNewSuggested;
  for (;;) {
    show();
    const isWatching = record.state.holder !== null && record.state.waiting.length > 0;
    if (isWatching) void watchHolder(record, record.state.holder!, take);
    await condition(() => inbox.length > 0 || isDue());
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
  record.answer(requestId, await startNumbered(env, record, input));
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
        parentClosePolicy: ParentClosePolicy.ABANDON,
        cancellationType: ChildWorkflowCancellationType.ABANDON,
        staticSummary: `${project} ${input.version} → ${name}`,
        staticDetails: `Asked for by ${input.requestedBy}.`,
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
    if (await tell(request, async (handle) => handle.signal(lockGrantedSignal, { note }))) return;
    record.letGo(request.releaseId, true);
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
