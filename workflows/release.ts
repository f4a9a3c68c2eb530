import {
  ApplicationFailure,
  CancelledFailure,
  allHandlersFinished,
  condition,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';
import { type ErrorReport, errorReport } from '../release/errors';
import { environmentWorkflowId } from '../release/identity';
import type { Outcome } from '../release/phase';
import type { ReleaseResult } from '../release/state';
import { goBack } from './compensations';
import { awaitApproval } from './approvals';
import { ClosedBeforeChange, awaitWindow, isOpen } from './calendar-wait';
import { takeMessages } from './decisions';
import { awaitNoStop } from './emergency-stop';
import { acquireLock, giveLockBack, tellTarget } from './environment-lock';
import { reportOf, requireOrder, slipwayFailure } from './failure';
import { awaitGates } from './gates';
import * as step from './forward-steps';
import type { ReleaseInput } from './messages';
import { ReleaseRun } from './release-run';
import { finish } from './release-end';

/**
 * One version of one or more services going to one environment. Completes with the result if the version is live at
 * the end; fails with a typed failure that carries the result if it was rolled back, rejected, stopped or abandoned;
 * ends as cancelled if it was cancelled, after putting back what it had changed. Fails with REQUEST_INVALID if it was
 * started by hand with what is no order.
 */
export async function release(input: ReleaseInput): Promise<ReleaseResult> {
  requireOrder(input, 'a release');
  requireEnvironment(input);
  const run = new ReleaseRun(input);
  takeMessages(run);
  const result = await carryOut(run, async () => {
    await step.look(run);
    await tellTarget(run);
    while (!(await changeInWindow(run)));
  });
  await condition(allHandlersFinished);
  if (result.outcome === 'finished') return result;
  if (result.outcome === 'cancelled')
    throw new CancelledFailure('The release was cancelled; what it had changed was put back.');
  throw ApplicationFailure.create({
    type: failureTypes[result.outcome],
    message: `${capital(result.outcome)}: ${result.failure?.message ?? 'no reason is known'}`,
    nonRetryable: true,
    details: [result],
  });
}

/** Who may ask, by which rules, and in which order: that was judged by the environment, and only by it. */
function requireEnvironment({ project, environment }: ReleaseInput): void {
  if (workflowInfo().parent?.workflowId === environmentWorkflowId(project.name, environment)) return;
  const problem = 'only an environment starts releases; ask it with `slipway release`';
  throw slipwayFailure('REQUEST_INVALID', { what: 'a release', problem });
}

/** Goes the way forward to its end, or back. */
export async function carryOut(run: ReleaseRun, path: () => Promise<void>): Promise<ReleaseResult> {
  const failure = await goForward(run, path);
  return failure ? goBack(run, failure) : finish(run);
}

/** Returns why it stopped, or nothing if it came to its end. */
async function goForward(run: ReleaseRun, path: () => Promise<void>): Promise<ErrorReport | undefined> {
  try {
    await run.forward(path);
    return undefined;
  } catch (error) {
    if (run.interruption) return run.interruption;
    if (isCancellation(error)) return errorReport('CANCELLED');
    const report = reportOf(error);
    if (!report) throw error;
    return report;
  }
}

/**
 * Steps 4 to 12. Returns false, with the lock given back, if the calendar closed before anything had changed: then all of
 * them begin anew when it is open, with a backup that is not of days ago.
 */
async function changeInWindow(run: ReleaseRun): Promise<boolean> {
  await holdApproved(run);
  try {
    await step.backUp(run);
    await step.migrate(run);
    await step.verify(run);
    await step.moveAndProve(run);
    return true;
  } catch (error) {
    if (!(error instanceof ClosedBeforeChange)) throw error;
    await leaveForWindow(run);
    return false;
  }
}

/** Nobody is kept waiting by a release that has changed nothing and may not begin. */
async function leaveForWindow(run: ReleaseRun): Promise<void> {
  run.enter('waiting for window');
  await giveLockBack(run, false);
}

/**
 * Steps 4 and 5: approved, in a window of the calendar, then locked, then looked at again; if that changes the plan, or
 * the window has closed meanwhile, all over again.
 */
async function holdApproved(run: ReleaseRun): Promise<void> {
  for (;;) {
    await awaitGates(run);
    await awaitApproval(run);
    await awaitWindow(run, 'changing');
    await awaitNoStop(run);
    await acquireLock(run);
    const isSame = await step.lookAgain(run);
    if (isSame && isOpen(run)) return;
    if (isSame) await leaveForWindow(run);
    else await giveLockBack(run, false);
  }
}

const failureTypes: Readonly<Record<Exclude<Outcome, 'finished' | 'cancelled'>, string>> = {
  'rolled back': 'RolledBack',
  rejected: 'Rejected',
  stopped: 'Stopped',
  abandoned: 'Abandoned',
};

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
