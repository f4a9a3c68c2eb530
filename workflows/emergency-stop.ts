/**
 * A release's side of the emergency stop. Before each change it asks its environment whether a stop holds: the answer
 * knows of every word that people had said until then, also of those that no worker had seen yet.
 */
import { condition, getExternalWorkflowHandle, isCancellation, workflowInfo } from '@temporalio/workflow';
import { environmentWorkflowId } from '../release/identity';
import { formatDuration } from '../release/durations';
import { haltingWayBack, isStopsTold, limitOf, stopWords, type EmergencyStop } from '../release/stop';
import { ClosedBeforeChange } from './calendar-wait';
import { slipwayFailure } from './failure';
import { noteFreezes } from './note-freezes';
import { askStopsSignal } from './messages';
import { readStopsNow } from './proxies';
import type { ReleaseRun } from './release-run';

const minute = 60_000;

/** Milliseconds that the environment may take to answer one that goes forward: then nothing more is changed. */
const FORWARD_PATIENCE = 10 * minute;
/** A way back goes on without an answer: half undone is worse. */
const WAY_BACK_PATIENCE = 10_000;

/** Notes what the environment says of stops. `isAnswer`: it was asked, and nothing has come since. Returns whether it was sound. */
export function noteStops(run: ReleaseRun, told: unknown, isAnswer = false): boolean {
  if (!isStopsTold(told)) return false;
  const { stops, revision, answers = 0 } = told;
  // The environment's are moments: one from the future would keep out every true word until then.
  if (revision > Date.now() + minute) return false;
  const { asking } = run;
  asking.answered = Math.max(asking.answered, answers);
  if (isAnswer ? revision === asking.revision : revision <= asking.revision) return true;
  asking.revision = revision;
  const before = run.state.stops ?? [];
  const isIn = (list: readonly EmergencyStop[], { id, from }: EmergencyStop) =>
    list.some((one) => one.id === id && one.from === from);
  for (const stop of stops) if (!isIn(before, stop)) run.note('note', stopWords(stop));
  for (const stop of before) if (!isIn(stops, stop)) run.note('note', `the emergency stop ${stop.id} is lifted`);
  if (stops.length > 0 || before.length > 0) run.state.stops = stops;
  return true;
}

/** Whether a stop holds this release, as far as it knows. */
export const isStopped = (run: ReleaseRun): boolean => run.kind !== 'rollback' && (run.state.stops ?? []).length > 0;

/** A release that has changed nothing waits outside: it holds nobody up, and has no limit. */
export async function awaitNoStop(run: ReleaseRun): Promise<void> {
  if (!isStopped(run)) return;
  run.enter('waiting for window');
  while (isStopped(run)) {
    const known = run.state.stops;
    run.state.waitingFor = { what: whatIsAwaited(run), until: null, send: ['reject'] };
    run.show();
    await condition(() => run.state.stops !== known);
  }
  run.state.waitingFor = null;
}

/** How a release that has changed something waits: with what it waits for, until when, and whether that has come. */
export type HoldForStop = (waiting: { what: string; until: string; isOver: () => boolean }) => Promise<void>;

/**
 * Before a change on the way forward: returns when no stop holds, and whether one did. Where nothing has changed yet it
 * throws ClosedBeforeChange. Fails with STOP_NOT_LIFTED at the limit, and with ENVIRONMENT_SILENT without an answer.
 */
export async function whileStopped(run: ReleaseRun, hasChanged: boolean, hold: HoldForStop): Promise<boolean> {
  // A rollback is a way back: only a stop of everything halts it.
  if (run.kind === 'rollback') {
    await whileWayBackStopped(run);
    return false;
  }
  let wasHeld = false;
  for (;;) {
    if (!(await ask(run, FORWARD_PATIENCE))) {
      const { environment } = run.input;
      throw slipwayFailure('ENVIRONMENT_SILENT', { environment, limit: formatDuration(FORWARD_PATIENCE) });
    }
    const { stops = [] } = run.state;
    if (stops.length === 0) return wasHeld;
    if (!hasChanged) throw new ClosedBeforeChange();
    wasHeld = true;
    const limit = limitOf(stops);
    if (limit <= Date.now()) {
      const by = stops.map((stop) => `${stop.by} (${stop.reason})`).join(' and ');
      throw slipwayFailure('STOP_NOT_LIFTED', { by });
    }
    const until = new Date(limit).toISOString();
    await hold({ what: whatIsAwaited(run), until, isOver: () => run.state.stops !== stops });
  }
}

/** Before a change of the way back: held by a stop of everything, at most until its limit. */
export async function whileWayBackStopped(run: ReleaseRun): Promise<void> {
  let wasHeld = false;
  for (;;) {
    await ask(run, WAY_BACK_PATIENCE);
    const { stops = [] } = run.state;
    const halting = haltingWayBack(stops, Date.now());
    if (halting.length === 0) break;
    if (!wasHeld) run.note('note', 'the way back is halted before its next change');
    wasHeld = true;
    const limit = limitOf(halting);
    const what = `the end of the emergency stop of everything by ${halting.map(({ by }) => by).join(', ')}, or its limit`;
    run.state.waitingFor = { what, until: new Date(limit).toISOString(), send: [] };
    run.show();
    await condition(() => run.state.stops !== stops, Math.max(1, limit - Date.now()), { summary: 'Emergency stop' });
    run.state.waitingFor = null;
  }
  if (wasHeld) run.note('note', 'the way back goes on');
}

function whatIsAwaited({ state }: ReleaseRun): string {
  const stops = state.stops ?? [];
  return `the end of the emergency stop ${stops.map(({ id, by, reason }) => `${id} by ${by} (“${reason}”)`).join(', ')}`;
}

/** Asks the environment. Returns whether it answered, or is gone: then nobody can have told it anything. */
async function ask(run: ReleaseRun, patience: number): Promise<boolean> {
  const { name: project } = run.input.project;
  const { freezes } = run.state;
  const { revision } = run.asking;
  try {
    const told = await readStopsNow({ project, environment: run.input.environment }, 'Does an emergency stop hold?');
    if (!told) return true;
    // What it was told by signal meanwhile is newer. Anybody can send such a signal: what was asked for counts.
    noteStops(run, told, run.asking.revision === revision);
    if (told.freezes && run.state.freezes === freezes) noteFreezes(run, told.freezes);
    return true;
  } catch (error) {
    if (isCancellation(error)) throw error;
    // Its worker is busy, or was killed: a question that waits for an answer as long as need be.
    return askAndWait(run, patience);
  }
}

/** The same by signal: it stands in the environment's history, and is answered by whichever worker comes. */
async function askAndWait(run: ReleaseRun, patience: number): Promise<boolean> {
  const { asking, input } = run;
  const n = (asking.asked += 1);
  const { workflowId: releaseId, runId } = workflowInfo();
  try {
    const environment = getExternalWorkflowHandle(environmentWorkflowId(input.project.name, input.environment));
    await environment.signal(askStopsSignal, { releaseId, runId, n });
  } catch (error) {
    if (isCancellation(error)) throw error;
    return true;
  }
  return condition(() => asking.answered >= n, patience, { summary: 'Asks whether an emergency stop holds' });
}
