/**
 * The one workflow per project and environment that lets releases change it: it starts releases, numbers them, and
 * hands its lock from one to the next. Its handlers only note and return; the main loop acts.
 */
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { problemOfAdopt } from '../release/adoption';
import { problemOfReleaseEnd, problemOfRollback, problemOfTarget, requestIdOf } from '../release/environment-request';
import type { LockRequest, QueuedRelease, ReleaseEnd } from '../release/environment-state';
import { errorReport } from '../release/errors';
import { parseReleaseWorkflowId, recoveredRelease } from '../release/identity';
import { isObject, problemOfLockRequest, problemOfRequest } from '../release/release-request';
import { mayPassDrift } from '../release/pass-drift';
import type { WordKind } from '../release/signed-word';
import { renderEnvironment } from '../release/render-environment';
import type { Replacement } from '../activities/contract';
import { EnvironmentRecord } from './environment-record';
import { startRelease } from './environment-requests';
import { takeWords } from './environment-words';
import { freezesOfGrant, tellFreezes, untilHappened } from './freezes';
import { afterPassingOn, restore, rollBack } from './environment-rollback';
import { reportOf, slipwayFailure } from './failure';
import { HolderWatch } from './holder-watch';
import { adopt, keepWatched, takeSightings } from './watching';
import {
  answerQuery,
  askStopsSignal,
  endWaitsSignal,
  environmentStateQuery,
  lockGrantedSignal,
  lockQueuedSignal,
  releaseLockSignal,
  replacedSignal,
  requestLockSignal,
  requestReleaseSignal,
  restoreSignal,
  rollbackSignal,
  targetSignal,
  type EnvironmentInput,
  type ReleaseTarget,
} from './messages';
import { activity } from './proxies';
import { answerStops, tellStops } from './stops';

/** Events after which the history is begun anew, well below the server's own suggestion (4,096). */
const LONG_HISTORY = 2_000;

/** Work of the main loop, one after the other. */
type Take = (work: () => Promise<void>) => void;

/**
 * Runs for ever; continues as new when its history gets long. Fails with REQUEST_INVALID if it was started by hand
 * with what is no input.
 */
export async function environment(input: EnvironmentInput): Promise<void> {
  requireInput(input);
  const record = new EnvironmentRecord(input.carried);
  const inbox: (() => Promise<void>)[] = [];
  const take: Take = (work) => void inbox.push(work);
  const show = () => setCurrentDetails(renderEnvironment(input.project, input.environment, record.state));
  takeMessages(input, record, take);
  const words = (kind: WordKind) => {
    if (kind === 'freeze' || kind === 'unfreeze') return take(() => tellFreezes(record));
    // Whoever waited may be let in now, or be kept out; the details show what is said.
    take(async () => undefined);
    // At once, and not after what the main loop is at.
    return kind === 'moveInQueue' || kind === 'adopt' ? undefined : tellStops(record);
  };
  takeWords(input, record, words, (request, said, isJudged) =>
    take(() => adopt(input, record, { request, said, isJudged })),
  );
  takeSightings(record, {
    take,
    tellWaiting: (behind) => tellWaiting(record, behind),
  });

  const holderWatch = new HolderWatch(record, () => take(async () => undefined));
  const long = input.longHistory ?? LONG_HISTORY;
  const isDue = () => workflowInfo().historyLength > long || workflowInfo().continueAsNewSuggested;
  for (;;) {
    show();
    holderWatch.keepUp();
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

function takeMessages(input: EnvironmentInput, record: EnvironmentRecord, take: Take): void {
  setHandler(environmentStateQuery, () => record.state, {
    description: 'Who holds the environment, who waits, what is live.',
  });
  setHandler(answerQuery, (requestId) => record.answerTo(requestId) ?? null, {
    description: 'What became of a request, by its requestId.',
  });
  setHandler(requestReleaseSignal, (request) => {
    const problem = problemOfRequest(request, input);
    if (problem) turnAway(record, input, request, problem);
    else take(() => startRelease(input, record, request));
  });
  setHandler(askStopsSignal, (asked) => answerStops(record, input, asked), {
    description: 'A release asks whether an emergency stop holds, before each change.',
  });
  setHandler(
    rollbackSignal,
    (request) => {
      const problem = problemOfRollback(request, input);
      if (problem) turnAway(record, input, request, problem);
      else take(() => rollBack(input, record, request));
    },
    {
      description:
        'Go back to what ran before: {"requestId": "any new text", "leaves": "the version that is live", "by": "you", "reason": "why"}; "to": another version',
    },
  );
  setHandler(
    restoreSignal,
    (request) => {
      const problem = problemOfAdopt(request, input);
      if (problem) turnAway(record, input, request, problem);
      else take(() => restore(input, record, request));
    },
    {
      description:
        'Put back what the last release left, where it was moved by hand: {"requestId": "any new text", "by": "you", "reason": "why"}',
    },
  );
  const ignore = (what: string, problem: string) => record.log(`ignored a ${what}: ${problem}`);
  setHandler(requestLockSignal, (request) => {
    const problem = problemOfLockRequest(request, input);
    if (problem) ignore('request for the lock', problem);
    else take(() => queue(record, request));
  });
  setHandler(releaseLockSignal, (letGo) => {
    const problem = problemOfReleaseEnd(letGo, input);
    if (problem) return ignore('return of the lock', problem);
    take(async () => {
      end(record, letGo.releaseId, letGo.ended === true, letGo.end);
      if (letGo.ended !== true) return;
      const late = afterPassingOn(record, letGo.releaseId, letGo.end?.outcome === 'finished');
      if (late) await rollBack(input, record, late);
    });
    // After the next one has the lock.
    const { project } = letGo.end ?? {};
    if (letGo.ended && project) take(() => keepWatched(input, record, project));
  });
  setHandler(targetSignal, (target) => {
    const problem = problemOfTarget(target, input);
    if (problem) ignore('target', problem);
    else take(() => replaceOlder(record, target));
  });
}

/** Says no to a request, under its id if it has one. */
function turnAway(
  record: EnvironmentRecord,
  { environment: name }: EnvironmentInput,
  request: unknown,
  problem: string,
) {
  const id = requestIdOf(request);
  record.log(`ignored a request: ${problem}`);
  if (id === undefined || record.answerTo(id)) return;
  record.answer(id, { refused: errorReport('REQUEST_INVALID', { what: `the environment ${name}`, problem }) });
}

/** A release, or the recovery of one, gives the lock or its place back. */
function end(record: EnvironmentRecord, id: string, ended: boolean, how: ReleaseEnd | undefined): void {
  const releaseId = recoveredRelease(id);
  const restores = record.isRestore(releaseId) && { restores: true as const };
  record.letGo(id, ended);
  if (!ended) return;
  if (releaseId !== id) {
    record.letGo(releaseId, true);
    if (how) record.settled(releaseId, `Its recovery ended: ${how.outcome}.`);
    else if (record.state.lost?.recovery?.releaseId === id) {
      record.askAboutLost(releaseId, `its recovery ${id} could not be carried out`);
    }
  }
  const version = parseReleaseWorkflowId(releaseId)?.version;
  if (how && version !== undefined) record.ended(releaseId, version, { ...how, ...restores });
}

function requireInput(input: unknown): void {
  const isOne = isObject(input) && [input['project'], input['environment']].every((name) => typeof name === 'string');
  if (isOne) return;
  const problem = '"project" and "environment" must be names';
  throw slipwayFailure('REQUEST_INVALID', { what: 'an environment', problem });
}

/** Notes a release that asks for the lock, and tells it for whom it waits. */
async function queue(record: EnvironmentRecord, request: LockRequest): Promise<void> {
  const behind = record.enqueue(request);
  if (!behind) return;
  const hotfix = record.find(request.releaseId);
  const endsWaits = hotfix?.endWaits !== undefined && (await tellToEndWaits(record, hotfix));
  await tell(request, async (handle) => handle.signal(lockQueuedSignal, { behind, ...(endsWaits && { endsWaits }) }));
}

/** The holder hears of a hotfix that is to pass; in each other's timeline stands who said so, and why. */
async function tellToEndWaits(
  record: EnvironmentRecord,
  { releaseId, by, endWaits = '' }: QueuedRelease,
): Promise<boolean> {
  const { holder } = record.state;
  if (!holder) return false;
  const word = { hotfix: releaseId, by, reason: endWaits };
  const isTold = await tell(holder, async (handle) => handle.signal(endWaitsSignal, word));
  if (isTold) record.log(`${holder.releaseId} was told to end its waits for ${releaseId}, says ${by}: ${endWaits}`);
  return isTold;
}

/** Tells all that ask for the lock for whom they wait. */
async function tellWaiting(record: EnvironmentRecord, behind: string): Promise<void> {
  for (const request of record.state.waiting.filter((one) => !mayPassDrift(one)))
    await tell(request, async (handle) => handle.signal(lockQueuedSignal, { behind }));
}

/** Hands the lock to the next that still runs. */
async function grant(record: EnvironmentRecord): Promise<void> {
  for (let next = record.takeNext(); next; next = record.takeNext()) {
    const { request, note } = next;
    if (
      await tell(request, async (handle) =>
        handle.signal(lockGrantedSignal, { note, ...freezesOfGrant(record), stops: record.stops }),
      )
    )
      return;
    record.letGo(request.releaseId, true, request.runId);
    record.log(`${request.releaseId} was gone when its turn came`);
  }
}

/** A newer release replaces older ones that wait, or gives way to a newer one. What cannot be told changes nothing. */
async function replaceOlder(record: EnvironmentRecord, { releaseId, services }: ReleaseTarget): Promise<void> {
  if (!record.find(releaseId)) return;
  const rivals = record.aim(releaseId, services);
  if (Object.keys(rivals).length === 0) return;
  let replacements: readonly Replacement[];
  try {
    const summary = `Which is newer: ${releaseId}, or those that wait?`;
    replacements = await activity.findReplaced({ releaseId, services, rivals }, summary);
  } catch (error) {
    const report = reportOf(error);
    if (!report) throw error;
    return record.log(`whether ${releaseId} is newer than those that wait could not be told: ${report.message}`);
  }
  for (const { replaced, by } of replacements) {
    const release = record.find(replaced);
    if (!release || record.state.holder?.releaseId === replaced) continue;
    record.replace(replaced, by);
    await tell(release, async (handle) => handle.signal(replacedSignal, { by }));
  }
}

/** Signals a release. Returns false if it is no longer running. */
async function tell(
  { releaseId, runId }: Pick<LockRequest, 'releaseId' | 'runId'>,
  say: (handle: ReturnType<typeof getExternalWorkflowHandle>) => Promise<void>,
): Promise<boolean> {
  try {
    await say(getExternalWorkflowHandle(releaseId, runId));
    return true;
  } catch {
    return false;
  }
}
