/**
 * A release waits for its environment's calendar before it changes anything, and again before it moves the first
 * pointer. What has begun to move is not held: half moved is worse. The way back is never asked for.
 */
import { workflowInfo } from '@temporalio/workflow';
import type { JudgeCalendarInput } from '../activities/contract';
import type { CalendarVerdict } from '../release/calendar/judge';
import { timeNeeded, type CalendarPlace } from '../release/calendar/needed';
import { formatDuration } from '../release/durations';
import { verifyChecks } from '../release/step-checks';
import { slipwayFailure } from './failure';
import { activity } from './proxies';
import type { ReleaseRun } from './release-run';
import { watch } from './watch';

const second = 1_000;
const minute = 60 * second;

/**
 * Calendars change while a release waits (an event is added, a zone gets other rules), so it asks again now and then: the
 * nearer the opening, the more often. A release may wait for months, and its history holds each question.
 */
const SHORT_SEGMENT = 15 * minute;
const LONG_SEGMENT = 6 * 60 * minute;
/** Where something could not be told it is asked again soon, and then less and less often. */
const UNKNOWN_SEGMENT = minute;
/** The clocks of worker and server differ by some milliseconds. */
const SHORTEST_SEGMENT = 200;

/** Whether anything could hold this release: without it the calendar is not asked at all. */
export function hasCalendar(run: ReleaseRun): boolean {
  // Rollbacks are exempt from the calendar, and from every freeze.
  if (run.kind === 'rollback') return false;
  const { rules, announced, notBefore } = calendarQuestion(run, 'changing');
  return rules !== undefined || announced.length > 0 || notBefore !== null;
}

/** What is asked of the calendar before a change: what was overridden counts no more. */
export function calendarQuestion(run: ReleaseRun, place: CalendarPlace): JudgeCalendarInput {
  const { project, start, kind = 'normal' } = run.input;
  const override = run.state.overrides?.find(({ guard }) => guard === 'calendar');
  const rules = override ? undefined : run.environment.calendar;
  const announced = (run.state.freezes ?? []).filter(({ id }) => !override?.freezes?.includes(id));
  const at = override ? null : (start?.at ?? null);
  return {
    rules,
    people: rules?.freezes.some((freeze) => freeze.kind === 'ical') ? { people: project.people ?? {} } : {},
    announced: announced.filter(({ until }) => Date.parse(until) > Date.now()),
    notBefore: at !== null && Date.parse(at) > Date.now() ? at : null,
    kind,
    needed: timeNeeded(run.environment, place),
  };
}

/**
 * Returns when the calendar lets the release go on. Fails with CALENDAR_CLOSED when that takes longer than the
 * environment's patience, and as the verify checks do, which go on where something was migrated.
 */
export async function awaitWindow(run: ReleaseRun, place: CalendarPlace): Promise<void> {
  const began = Date.now();
  let told = '';
  let unknowns = 0;
  while (hasCalendar(run)) {
    const { freezes, overrides } = run.state;
    const verdict = await ask(run, place);
    const isOld = () => run.state.freezes !== freezes || run.state.overrides !== overrides;
    if (isOld()) continue;
    if (verdict.verdict === 'open') break;
    run.enter('waiting for window');
    if (verdict.detail !== told) run.note('note', `the calendar of ${run.input.environment} is ${verdict.detail}`);
    told = verdict.detail;
    const left = began + patienceOf(run) - Date.now();
    if (left <= 0) throw closed(run, verdict);
    unknowns = verdict.verdict === 'unknown' ? unknowns + 1 : 0;
    await hold(run, verdict, { longest: Math.min(left, segmentOf(verdict, unknowns)), isOld });
  }
  if (told !== '') run.note('note', `the calendar of ${run.input.environment} lets it go on`);
}

/** A window that closed, an emergency stop, or an item unticked before a release had changed anything: it need not keep others waiting. */
export class ClosedBeforeChange extends Error {}

/**
 * Before a change, under the lock. Where something has changed it waits; where nothing has, ClosedBeforeChange is thrown:
 * the lock is to be given back, so that a hotfix can pass. Fails as `awaitWindow` does.
 */
export async function requireWindow(run: ReleaseRun, place: CalendarPlace): Promise<void> {
  const isRecovery = run.state.release.runId !== workflowInfo().runId;
  if (run.state.undoRecords.length > 0 || isRecovery) return awaitWindow(run, place);
  if (!(await isOpenNow(run, place))) throw new ClosedBeforeChange();
}

async function isOpenNow(run: ReleaseRun, place: CalendarPlace): Promise<boolean> {
  for (;;) {
    if (!hasCalendar(run)) return true;
    const { freezes, overrides } = run.state;
    await ask(run, place);
    if (run.state.freezes === freezes && run.state.overrides === overrides) return isOpen(run);
  }
}

async function ask(run: ReleaseRun, place: CalendarPlace): Promise<CalendarVerdict> {
  const verdict = await activity.judgeCalendar(calendarQuestion(run, place), `Is ${run.input.environment} open?`);
  run.state.calendar = verdict;
  return verdict;
}

/** Whether the calendar let it pass when it was last asked. */
export function isOpen(run: ReleaseRun): boolean {
  return !hasCalendar(run) || run.state.calendar?.verdict === 'open';
}

/** Waits until it is worth asking again. */
async function hold(
  run: ReleaseRun,
  verdict: CalendarVerdict,
  { longest, isOld }: { readonly longest: number; readonly isOld: () => boolean },
): Promise<void> {
  const { opensAt, detail } = verdict;
  const isChanged = run.migrated.size > 0;
  const send = ['override', isChanged ? 'rollback' : 'reject'];
  run.state.waitingFor = { what: `the calendar of ${run.input.environment}, which is ${detail}`, until: opensAt, send };
  run.show();
  const window = Math.max(SHORTEST_SEGMENT, longest);
  const checks = isChanged ? verifyChecks(run.input.project, run.environment, run.plan.services) : [];
  const interval = Math.max(run.environment.verify.interval, second);
  try {
    await watch(run, { checks, window, interval, summary: 'Waits for the calendar to open', stop: isOld });
  } finally {
    run.state.waitingFor = null;
  }
}

/** Milliseconds until it is asked again. */
function segmentOf({ verdict, opensAt, at }: CalendarVerdict, unknowns: number): number {
  if (verdict === 'unknown') return Math.min(UNKNOWN_SEGMENT * 2 ** (unknowns - 1), LONG_SEGMENT);
  if (opensAt === null) return LONG_SEGMENT;
  const opens = Date.parse(opensAt) - Date.parse(at);
  return Math.min(opens, LONG_SEGMENT, Math.max(SHORT_SEGMENT, opens / 20));
}

function patienceOf(run: ReleaseRun): number {
  const { calendar } = run.environment;
  if (run.input.start?.whenOpen || run.input.start?.at) return Number.POSITIVE_INFINITY;
  return calendar?.patience ?? Number.POSITIVE_INFINITY;
}

function closed(run: ReleaseRun, { detail }: CalendarVerdict) {
  const limit = formatDuration(patienceOf(run));
  return slipwayFailure('CALENDAR_CLOSED', { environment: run.input.environment, limit, detail });
}
