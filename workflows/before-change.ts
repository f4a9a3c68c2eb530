/** What holds a release before each change: a pause, the calendar, an emergency stop. */
import { workflowInfo } from '@temporalio/workflow';
import type { CalendarPlace } from '../release/calendar/needed';
import { formatDuration } from '../release/durations';
import { verifyChecks } from '../release/step-checks';
import { isClear } from './approvals';
import { ClosedBeforeChange, requireWindow } from './calendar-wait';
import { whileStopped } from './emergency-stop';
import { slipwayFailure } from './failure';
import type { ReleaseRun } from './release-run';
import { watch } from './watch';

/** Before every change: holds while the release is paused or stopped; before some, until the calendar is open. */
export async function beforeChange(run: ReleaseRun, place: CalendarPlace | null): Promise<void> {
  let isOld: boolean;
  do {
    await whilePaused(run);
    if (place) await requireWindow(run, place);
    const { freezes } = run.state;
    // The last question before the change. What was open before a stop, or a freeze that is told now, may be closed after it.
    const wasStopped = await whileStopped(run, hasChanged(run), (waiting) => holdForStop(run, waiting));
    isOld = wasStopped || run.state.freezes !== freezes;
  } while (run.state.paused || (isOld && place));
  // What somebody has unticked since people approved holds it, for as long as nothing has changed.
  if (!hasChanged(run) && !isClear(run, 'before-migrating')) throw new ClosedBeforeChange();
}

/** A recovery goes on with what another run has begun. */
function hasChanged({ state }: ReleaseRun): boolean {
  return state.undoRecords.length > 0 || state.release.runId !== workflowInfo().runId;
}

/** The verify checks go on during a pause, and it has a limit. */
async function whilePaused(run: ReleaseRun): Promise<void> {
  while (run.state.paused) {
    const { by, until } = run.state.paused;
    const left = Math.max(0, Date.parse(until) - Date.now());
    run.state.waitingFor = { what: `the end of the pause by ${by}`, until, send: ['resume', 'rollback'] };
    const how = await hold(run, left, 'Paused before the next change', () => run.state.paused === null);
    if (how === 'over' && run.state.paused) {
      throw slipwayFailure('PAUSED_TOO_LONG', { limit: formatDuration(run.environment.pauseLimit) });
    }
  }
}

async function holdForStop(
  run: ReleaseRun,
  { what, until, isOver }: { readonly what: string; readonly until: string; readonly isOver: () => boolean },
): Promise<void> {
  run.state.waitingFor = { what, until, send: ['rollback'] };
  await hold(run, Math.max(1, Date.parse(until) - Date.now()), 'Emergency stop before the next change', isOver);
}

/** Where something was migrated its checks go on, and end the hold if they fail. */
async function hold(run: ReleaseRun, window: number, summary: string, stop: () => boolean) {
  run.show();
  const checks = run.migrated.size > 0 ? verifyChecks(run.input.project, run.environment, run.plan.services) : [];
  const interval = Math.max(run.environment.verify.interval, 1_000);
  try {
    return await watch(run, { checks, window, interval, summary, stop });
  } finally {
    run.state.waitingFor = null;
  }
}
