/**
 * The one workflow per project and environment that lets releases change it: it starts releases, numbers them, and
 * hands its lock from one to the next. Its handlers only note and return; the main loop acts.
 */
import { allHandlersFinished, condition, continueAsNew, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { problemOfAdopt } from '../release/adoption';
import { clip } from '../release/clip';
import { problemOfReleaseEnd, problemOfRollback, problemOfTarget, requestIdOf } from '../release/environment-request';
import { errorReport } from '../release/errors';
import { parseReleaseWorkflowId, recoveredRelease } from '../release/identity';
import { isObject, problemOfLockRequest, problemOfRequest } from '../release/release-request';
import type { RollbackRequest } from '../release/rollback-request';
import type { WordKind } from '../release/signed-word';
import { renderEnvironment } from '../release/render-environment';
import { soakAfter } from '../release/soak';
import { EnvironmentRecord } from './environment-record';
import { startRelease } from './environment-requests';
import { rulesPlaceOf, underRules } from './environment-rules';
import { takeWords } from './environment-words';
import { tellFreezes, untilHappened } from './freezes';
import { afterPassingOn, restore, rollBack } from './environment-rollback';
import { slipwayFailure } from './failure';
import { Handlers, type On } from './handlers';
import { HolderWatch } from './holder-watch';
import { Lane } from './lane';
import { grant, queue, replaceOlder, tellWaiting } from './letting-in';
import { adopt, keepWatched, takeSightings } from './watching';
import {
  answerQuery,
  askStopsSignal,
  environmentStateQuery,
  releaseLockSignal,
  requestLockSignal,
  requestReleaseSignal,
  restoreSignal,
  rollbackSignal,
  targetSignal,
  type EnvironmentInput,
  type LettingGo,
  type ReleaseRequest,
} from './messages';
import { recall } from './recall';
import { keepUpSoaks, takeSoaks } from './soaks';
import { answerStops, tellStops } from './stops';

/** Events after which the history is begun anew, well below the server's own suggestion (4,096). */
const LONG_HISTORY = 2_000;

/** Work of the main loop, one after the other: short, since the holder, and whoever goes back, waits behind it. */
type Take = (work: () => Promise<void>) => void;

/** How messages are worked on. */
interface Work {
  readonly take: Take;
  /** Requests whose rules are to be read, in their order. */
  readonly reading: Lane;
  /** Looks at what runs, for people and from now on. */
  readonly looking: Lane;
}

/**
 * Runs for ever; continues as new when its history gets long. Fails with REQUEST_INVALID if it was started by hand
 * with what is no input.
 */
export async function environment(input: EnvironmentInput): Promise<void> {
  requireInput(input);
  const record = new EnvironmentRecord(input.carried);
  if (input.recalls && !input.carried) recall(input, record);
  const inbox: (() => Promise<void>)[] = [];
  const take: Take = (work) => void inbox.push(work);
  const work: Work = { take, reading: new Lane(), looking: new Lane() };
  const show = () => setCurrentDetails(renderEnvironment(input.project, input.environment, record.state));
  const words = (kind: WordKind) => {
    if (kind === 'freeze' || kind === 'unfreeze') return take(() => tellFreezes(record));
    // Whoever waited may be let in now, or be kept out; the details show what is said.
    take(async () => undefined);
    // At once, and not after what the main loop is at.
    return ['moveInQueue', 'adopt', 'acceptBreach'].includes(kind) ? undefined : tellStops(record);
  };
  const handlers = new Handlers();
  const { on } = handlers;
  const say = takeWords(on, input, record, words, {
    adopt: (request, said, isJudged) =>
      take(async () =>
        work.looking.add(async () => {
          await adopt(input, record, { request, said, isJudged });
          // Whoever waited may be let in now.
          take(async () => undefined);
        }),
      ),
    rollBack: (request, isJudged) => take(() => rollBack(input, record, request, isJudged)),
  });
  takeMessages(on, input, record, { work, sayRollback: (request) => say('rollback', request) });
  takeSightings(on, record, {
    take,
    tellWaiting: (behind) => tellWaiting(record, behind),
  });
  takeSoaks(on, input, record, take);
  handlers.register((name) => record.log(`ignored an unknown message: ${clip(name, 100)}`));

  const holderWatch = new HolderWatch(record, (act) => take(async () => act?.()));
  const long = input.longHistory ?? LONG_HISTORY;
  const isLong = () => workflowInfo().historyLength > long || workflowInfo().continueAsNewSuggested;
  const isDue = () => isLong() && work.reading.isIdle && work.looking.isIdle;
  if (record.recalling) await record.recalling;
  for (;;) {
    show();
    holderWatch.keepUp();
    await untilHappened(record, () => inbox.length > 0 || isDue());
    while (inbox.length > 0) {
      await inbox.shift()!();
      await grant(record);
      await keepUpSoaks(record);
    }
    if (isDue()) {
      await condition(allHandlersFinished);
      if (inbox.length > 0 || !isDue()) continue;
      await continueAsNew<typeof environment>({ ...input, carried: record.state });
    }
  }
}

interface Taking {
  readonly work: Work;
  readonly sayRollback: (request: RollbackRequest) => void | Promise<void>;
}

function takeMessages(on: On, input: EnvironmentInput, record: EnvironmentRecord, { work, sayRollback }: Taking): void {
  const { take } = work;
  on(environmentStateQuery, () => record.state, {
    description: 'Who holds the environment, who waits, what is live.',
  });
  on(answerQuery, (requestId) => record.answerTo(requestId) ?? null, {
    description: 'What became of a request, by its requestId.',
  });
  on(requestReleaseSignal, (request) => {
    const problem = problemOfRequest(request, input);
    if (problem) turnAway(record, input, request, problem);
    else take(() => begin(input, record, request, work));
  });
  on(askStopsSignal, (asked) => answerStops(record, input, asked), {
    description: 'A release asks whether an emergency stop holds, before each change.',
  });
  on(
    rollbackSignal,
    (request) => {
      const problem = problemOfRollback(request, input);
      if (problem) turnAway(record, input, request, problem);
      else return sayRollback(request);
    },
    {
      description:
        'Go back to what ran before: {"requestId": "any new text", "leaves": "the version that is live", "by": "you", "reason": "why"}; "to": another version',
    },
  );
  on(
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
  on(requestLockSignal, (request) => {
    const problem = problemOfLockRequest(request, input);
    if (problem) ignore('request for the lock', problem);
    else take(() => queue(record, request));
  });
  on(releaseLockSignal, (letGo) => {
    const problem = problemOfReleaseEnd(letGo, input);
    if (problem) return ignore('return of the lock', problem);
    take(async () => {
      end(input, record, letGo);
      if (letGo.ended !== true) return;
      const late = afterPassingOn(record, letGo.releaseId, letGo.end?.outcome === 'finished');
      if (late) await rollBack(input, record, late, true);
    });
    // After the next one has the lock.
    const { project } = letGo.end ?? {};
    if (letGo.ended && project) take(async () => work.looking.add(() => keepWatched(input, record, project)));
  });
  on(targetSignal, (target) => {
    const problem = problemOfTarget(target, input);
    if (problem) ignore('target', problem);
    else take(() => replaceOlder(record, target));
  });
}

/** Starts what is asked for, once its rules are read: meanwhile others get the lock, and go back. */
async function begin(
  input: EnvironmentInput,
  record: EnvironmentRecord,
  request: ReleaseRequest,
  { take, reading }: Work,
): Promise<void> {
  if (!rulesPlaceOf(record, request) && reading.isIdle) return startRelease(input, record, request);
  reading.add(async () => {
    if (record.answerTo(request.requestId)) return;
    const ruled = await underRules(input, record, request);
    take(() => startRelease(input, record, request, ruled));
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
function end(
  place: EnvironmentInput,
  record: EnvironmentRecord,
  { releaseId: id, runId, ended, end: said }: LettingGo,
): void {
  const releaseId = recoveredRelease(id);
  const ownRun = record.find(releaseId)?.runId ?? record.state.lost?.runId ?? '';
  const restores = record.isRestore(releaseId) && { restores: true as const };
  const how = said && record.believed(id, runId, said);
  if (said && !how) {
    record.log(`ignored what is said of the end of ${id}: it does not hold the environment`);
    // Whoever puts back goes on, and says so when it is done.
    if (releaseId !== id) return;
  }
  record.letGo(id, ended === true, runId);
  if (!ended) return;
  if (releaseId !== id) {
    record.letGo(releaseId, true);
    if (how) record.settled(releaseId, `Its recovery ended: ${how.outcome}.`);
    else if (record.state.lost?.recovery?.releaseId === id) {
      record.askAboutLost(releaseId, `its recovery ${id} could not be carried out`);
    }
  }
  const version = parseReleaseWorkflowId(releaseId)?.version;
  if (!how || version === undefined) return;
  record.ended(releaseId, version, { ...how, ...restores });
  const order = soakAfter(place, { releaseId, runId: ownRun, at: new Date().toISOString() }, how);
  if (order) record.soakOrdered(order);
}

function requireInput(input: unknown): void {
  const isOne = isObject(input) && [input['project'], input['environment']].every((name) => typeof name === 'string');
  if (isOne) return;
  const problem = '"project" and "environment" must be names';
  throw slipwayFailure('REQUEST_INVALID', { what: 'an environment', problem });
}
