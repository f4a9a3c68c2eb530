/** The recovery of a release that nobody runs any more: under its name, with the very steps that it would have taken. */
import {
  CancellationScope,
  ChildWorkflowCancellationType,
  ParentClosePolicy,
  allHandlersFinished,
  condition,
  patched,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { errorReport } from '../release/errors';
import { environmentWorkflowId, recoveryWorkflowId } from '../release/identity';
import { canonicalJson } from '../release/plan-digest';
import { problemOfRecovery } from '../release/recovery-request';
import {
  allSteps,
  driftOf,
  judgeRecovery,
  migratedServices,
  type RecoveryCase,
  type RecoveryOffer,
} from '../release/recovery';
import type { ReleaseResult } from '../release/state';
import { goBack, leaveAsItIs } from './compensations';
import { takeMessages } from './decisions';
import type { environment } from './environment';
import { awaitLock, giveLockBack } from './environment-lock';
import { environmentStart } from './environment-start';
import { reportOf, slipwayFailure } from './failure';
import * as step from './forward-steps';
import type { RecoveryInput } from './messages';
import { activity } from './proxies';
import { carryOut } from './release';
import { end, letGo } from './release-end';
import { ReleaseRun } from './release-run';

/**
 * Finishes, undoes or closes a release whose workflow was terminated or lost, once it holds the environment's lock and
 * has seen that this can be done. Completes with that release's result; fails with RECOVERY_REFUSED, having changed
 * nothing, if it cannot be done (any more), with RELEASE_RUNNING, LOCK_TIMEOUT, or with REQUEST_INVALID if it was started by hand with
 * what is no input. Safe to run again after any end.
 */
export async function recovery(input: RecoveryInput): Promise<ReleaseResult> {
  const problem = problemOfRecovery(input);
  if (problem) throw slipwayFailure('REQUEST_INVALID', { what: 'a recovery', problem });
  const { unfinished, action, by, reason } = input;
  const { release, order, plan, approvals, undone, timeline } = unfinished;
  const run = new ReleaseRun(order, {
    release,
    plan,
    approvals: [...approvals],
    undoRecords: allSteps(unfinished),
    undone: [...undone],
    timeline: [...timeline],
  });
  if (plan) run.setPlan(plan);
  takeMessages(run);
  run.note('decision', `${action} by ${by}, claimed: nobody runs this release any more (“${reason}”)`);
  await refuseLiving(input);
  const known = await believed(run, input);
  await ensureEnvironment(run);
  let judged: Judged;
  try {
    await awaitLock(run);
    judged = await judge(run, known);
  } catch (error) {
    await CancellationScope.nonCancellable(() => giveLockBack(run, true));
    throw error;
  }
  run.lock.fenced = plan !== null;
  const result = await carryOutOffer(run, known, judged);
  await condition(allHandlersFinished);
  return result;
}

interface Judged extends RecoveryCase {
  readonly offer: RecoveryOffer;
}

/** One that runs holds the lock, for which it would be waited in vain. */
async function refuseLiving({ unfinished: { release }, temporalGone }: RecoveryInput): Promise<void> {
  if (temporalGone) return;
  const { id: releaseId, runId } = release;
  const asked = { releaseId, runId, patience: 0 };
  const { isRunning } = await activity.awaitReleaseEnd(asked, `Is ${releaseId} still running?`);
  if (isRunning) throw slipwayFailure('RELEASE_RUNNING', { id: releaseId });
}

/**
 * The same with what the ledger says. Its environment has just read that; anybody else could have written what comes with
 * the request, and have a plan carried out that nobody has approved. Fails with RECOVERY_REFUSED, or as the ledger does.
 */
async function believed(run: ReleaseRun, input: RecoveryInput): Promise<RecoveryInput> {
  const { unfinished: told, action } = input;
  const { id, runId, project, environment: name } = told.release;
  const { workflowId, parent } = workflowInfo();
  if (parent?.workflowId === environmentWorkflowId(project, name) || !patched('believe-the-ledger')) return input;
  const refuse = (why: string) => slipwayFailure('RECOVERY_REFUSED', { id, action, why });
  if (workflowId !== recoveryWorkflowId(id)) throw refuse(`it is begun as ${recoveryWorkflowId(id)} only.`);
  const question = activity.loadUnfinished({ release: { id, runId } }, `What the ledger knows of ${id}`);
  const unfinished = await question.catch((error: unknown): never => {
    const report = reportOf(error);
    if (!report) throw error;
    if (report.code === 'RECOVERY_NONE') throw refuse('the ledger knows of no such release that has not ended.');
    throw slipwayFailure(report.code, report.details);
  });
  const parts = ['release', 'order', 'plan'] as const;
  const other = parts.filter((part) => canonicalJson(told[part]) !== canonicalJson(unfinished[part]));
  if (other.length > 0) throw refuse(`the ledger has another ${other.join(' and ')} of it than the request.`);
  run.state.approvals = [...unfinished.approvals];
  run.state.undoRecords = allSteps(unfinished);
  run.state.undone = [...unfinished.undone];
  return { ...input, unfinished };
}

/** Looks at the world now that nobody else may change it. Fails with RECOVERY_REFUSED. */
async function judge(run: ReleaseRun, { unfinished, action, temporalGone }: RecoveryInput): Promise<Judged> {
  const { id } = unfinished.release;
  const sight = await activity.lookAtUnfinished({ unfinished, forRecovery: true }, `What ${id} left behind`);
  const judged = judgeRecovery(unfinished, sight);
  for (const { step: name, found, detail } of judged.steps) run.note('note', `${name}: ${found}, ${detail}`);
  const offer = judged.offers.find((candidate) => candidate.action === action);
  const isUnasked = sight.life === 'elsewhere' && !temporalGone;
  if (offer && !isUnasked) return { ...judged, offer };
  const why = judged.notes.join(' ') || `what is seen allows ${judged.offers.map((one) => one.action).join(', ')}.`;
  throw slipwayFailure('RECOVERY_REFUSED', { id, action, why });
}

async function carryOutOffer(
  run: ReleaseRun,
  { unfinished, action, by, reason }: RecoveryInput,
  { offer, steps }: Judged,
): Promise<ReleaseResult> {
  switch (action) {
    case 'undo':
      for (const service of migratedServices(steps)) run.migrated.add(service);
      return goBack(run, errorReport('ROLLBACK_REQUESTED', { by, reason }));
    case 'finish':
      return carryOut(run, () => goOn(run, steps));
    case 'close': {
      if (offer.outcome === 'finished') {
        await letGo(run, 'finished');
        return end(run, 'finished', null);
      }
      const failure = errorReport('RELEASE_CLOSED', { by, id: unfinished.release.id, reason });
      return leaveAsItIs(run, { failure, outcome: offer.outcome, drift: driftOf(steps) });
    }
  }
}

/**
 * The rest of the way forward. What was done is found done. A backup was made before the first step was registered, and
 * another one now would not be one of the state before; once a pointer has moved, the verify wait had been passed.
 */
async function goOn(run: ReleaseRun, steps: RecoveryCase['steps']): Promise<void> {
  run.enter('looking again');
  await step.migrate(run);
  if (!steps.some(({ kind, found }) => kind === 'pointer' && found === 'done')) await step.verify(run);
  await step.moveAndProve(run);
}

/** The environment's workflow may have gone the way of the release's. */
async function ensureEnvironment({ input }: ReleaseRun): Promise<void> {
  const start = environmentStart(input.project.name, input.environment);
  const { workflowId, args, workflowTaskTimeout, staticSummary, staticDetails } = start;
  try {
    await startChild<typeof environment>('environment', {
      ...{ workflowId, workflowTaskTimeout, staticSummary, staticDetails },
      args: [args[0]!],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
