/** A release's side of the environment's lock, and of its mirror outside Temporal: the fences in the repositories. */
import {
  ChildWorkflowCancellationType,
  ParentClosePolicy,
  getExternalWorkflowHandle,
  isCancellation,
  patched,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { FenceInput } from '../activities/contract';
import { formatDuration } from '../release/durations';
import type { ReleaseEnd } from '../release/environment-state';
import { environmentWorkflowId } from '../release/identity';
import type { environment } from './environment';
import { environmentStart } from './environment-start';
import { slipwayFailure } from './failure';
import { releaseLockSignal, requestLockSignal, targetSignal } from './messages';
import { activity } from './proxies';
import type { ReleaseRun } from './release-run';

/** Waits for the lock, then raises its mirror. Fails with LOCK_TIMEOUT or FENCE_HELD. */
export async function acquireLock(run: ReleaseRun): Promise<void> {
  await awaitLock(run);
  run.lock.fenced = true;
  const fences = await activity.takeFences(
    fencesOf(run),
    `Hold ${run.input.environment}: no other release may change it`,
  );
  for (const { repository, tookOverFrom } of fences) {
    if (!tookOverFrom) continue;
    run.note('note', `took over ${repository} from ${tookOverFrom.id}, which is no longer running`);
    await fenceOff(run, tookOverFrom);
  }
}

/** Waits for the lock of the environment, for this very workflow. Fails with LOCK_TIMEOUT. */
export async function awaitLock(run: ReleaseRun): Promise<void> {
  const { release } = run.state;
  const { workflowId, runId } = workflowInfo();
  run.enter('waiting for lock');
  run.lock.asked = true;
  const request = { releaseId: workflowId, runId, version: release.version };
  const { kind } = run;
  await tell(run, (those) => those.signal(requestLockSignal, { ...request, ...(kind !== 'normal' && { kind }) }));
  const limit = run.environment.lockPatience;
  const waiting = { what: `the lock of ${release.environment}`, send: ['reject'] };
  if (!(await run.waitFor(waiting, limit, () => run.lock.granted))) {
    throw slipwayFailure('LOCK_TIMEOUT', {
      holder: run.lock.behind || 'another release',
      limit: formatDuration(limit),
    });
  }
}

/** A release that died without its way back may still have a paused attempt at a database: it must find the fence. */
async function fenceOff(run: ReleaseRun, dead: { readonly id: string; readonly runId: string }): Promise<void> {
  const databases = run.plan.services.flatMap(({ service, database }) =>
    database ? [{ service, url: database.url }] : [],
  );
  if (databases.length === 0) return;
  const release = { ...run.state.release, ...dead };
  await activity.raiseFences({ release, repositories: [], databases }, `Keep ${dead.id} from acting late`);
}

/**
 * Gives the lock and its mirror back. `ended`: the release will not ask again; `end`: how it ended, which is heard also
 * where the environment's workflow was ended from outside meanwhile.
 */
export async function giveLockBack(run: ReleaseRun, ended: boolean, end?: ReleaseEnd): Promise<void> {
  if (run.lock.fenced) {
    await activity.freeFences(fencesOf(run), `Let ${run.input.environment} go: the next release may change it`);
    run.lock.fenced = false;
  }
  run.lock.granted = false;
  run.lock.reserved = false;
  run.lock.behind = '';
  const { workflowId: releaseId, runId } = workflowInfo();
  const word = { releaseId, runId, ended, ...(end && { end }) };
  const say = (those: ReturnType<typeof environmentOf>) => those.signal(releaseLockSignal, word);
  try {
    await (end ? tell(run, say) : say(environmentOf(run)));
  } catch {
    // The environment's workflow is gone: there is nobody to tell, and nobody who would think that we hold it.
    run.note('note', `the workflow of ${run.input.environment} is gone: the lock went with it`);
  }
}

/** Where newer versions replace older ones: tells the environment what this one would bring. */
export async function tellTarget(run: ReleaseRun): Promise<void> {
  const isNewVersion = run.kind === 'normal' || run.kind === 'hotfix';
  if (run.environment.queue !== 'supersede' || !isNewVersion) return;
  const services = run.plan.services.map(({ service, commit }) => {
    const { repository } = run.service(service);
    return { service, repository, commit };
  });
  const target = { releaseId: workflowInfo().workflowId, services };
  await tell(run, (those) => those.signal(targetSignal, target));
}

/** Every repository of this release, once, each with a commit that its fence can name. */
export function fencesOf(run: ReleaseRun): FenceInput {
  const byUrl = new Map<string, FenceInput['repositories'][number]>();
  for (const { service, commit } of run.plan.services) {
    const { repository } = run.service(service);
    if (!byUrl.has(repository.url)) byUrl.set(repository.url, { repository, commit });
  }
  return { release: run.state.release, repositories: [...byUrl.values()] };
}

const environmentOf = (run: ReleaseRun) =>
  getExternalWorkflowHandle(environmentWorkflowId(run.input.project.name, run.input.environment));

/** Tells the environment what it must know. One whose workflow was ended from outside is started again, as by whoever asks it. */
async function tell(run: ReleaseRun, say: (those: ReturnType<typeof environmentOf>) => Promise<void>): Promise<void> {
  try {
    await say(environmentOf(run));
  } catch (error) {
    if (isCancellation(error) || !patched('an environment that is gone is started again')) throw error;
    await startEnvironment(run);
    await say(environmentOf(run));
  }
}

async function startEnvironment(run: ReleaseRun): Promise<void> {
  const { project, environment: name } = run.input;
  const { workflowIdConflictPolicy, ...start } = environmentStart(project.name, name);
  void workflowIdConflictPolicy;
  try {
    await startChild<typeof environment>('environment', {
      ...start,
      args: [start.args[0]!],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
    });
  } catch (error) {
    // Somebody else has asked it for something meanwhile.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  run.note('note', `the workflow of ${name} was gone, and is started again`);
}
