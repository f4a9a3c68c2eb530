/** Step 13, whichever way it went: the environment is let go, the result is made, people can read it. */
import { CancellationScope } from '@temporalio/workflow';
import type { ErrorReport } from '../release/errors';
import type { ReleaseEnd } from '../release/environment-state';
import { liveRecords, recordOfEnd } from '../release/ledger';
import type { Outcome } from '../release/phase';
import { soakWords } from '../release/render-soak';
import type { ReleaseResult, ServiceResult } from '../release/state';
import { smokeChecks } from '../release/step-checks';
import { giveLockBack } from './environment-lock';
import { reportOf } from './failure';
import { measureEnd } from './release-metrics';
import type { ReleaseRun } from './release-run';

/** The end of a release that succeeded. A cancellation that comes now is too late: the version is live. */
export function finish(run: ReleaseRun): Promise<ReleaseResult> {
  return CancellationScope.nonCancellable(async () => {
    const schemaDebt = debtOf(run);
    const { soak } = run.environment;
    const isLookedAt = smokeChecks(run.input.project, run.plan.services).length > 0;
    if (soak && isLookedAt) run.note('note', `from now on ${soakWords(soak)}; slipway soak ${run.input.environment}`);
    await letGo(run, 'finished', schemaDebt);
    return end(run, 'finished', null, { schemaDebt });
  });
}

/**
 * Gives the environment back. If the fence cannot be freed the release still ends: the next one takes it over from a
 * release that is no longer running, and says so.
 */
export async function letGo(run: ReleaseRun, outcome: Outcome, schemaDebt: readonly string[] = []): Promise<void> {
  const how: ReleaseEnd = {
    outcome,
    why: run.state.failure?.message ?? '',
    live: liveRecords(run.state.plan, run.input.version, serviceResults(run, outcome)),
    ...(schemaDebt.length > 0 && { schemaDebt }),
    by: run.input.requestedBy,
    ...(run.kind === 'rollback' && run.input.reason && { reason: run.input.reason }),
    ...(run.kind !== 'normal' && { kind: run.kind }),
    ...(outcome === 'finished' && leftBy(run)),
    // Others are only told of the services that they move.
    ...(outcome === 'finished' && ['normal', 'hotfix'].includes(run.kind) && { project: run.order.project }),
  };
  try {
    await giveLockBack(run, true, how);
  } catch (error) {
    const report = reportOf(error);
    if (!report) throw error;
    run.note('note', `the fence could not be freed (${report.message}); the next release will take it over`);
    run.lock.fenced = false;
    await giveLockBack(run, true, how);
  }
}

/** Makes the result, shows it, and leaves nothing unwritten behind. */
export async function end(
  run: ReleaseRun,
  outcome: Outcome,
  failure: ErrorReport | null,
  extra: { readonly schemaDebt?: readonly string[]; readonly drift?: readonly string[] } = {},
): Promise<ReleaseResult> {
  const result: ReleaseResult = {
    outcome,
    services: serviceResults(run, outcome),
    undone: run.state.undone,
    schemaDebt: extra.schemaDebt ?? [],
    failure,
    drift: extra.drift ?? [],
    ...(run.state.overrides && { overrides: run.state.overrides }),
    startedAt: run.state.release.requestedAt,
    endedAt: new Date().toISOString(),
  };
  run.state.result = result;
  run.enter('ended');
  run.note('phase', failure ? `${outcome}: ${failure.message}` : outcome);
  run.ledger.add(recordOfEnd(run.state, run.input.version, result));
  run.listOutcome(outcome);
  measureEnd(run.state.release, result);
  await run.ledger.close();
  return result;
}

/** Migrations that stay although the version that runs now does not have them. */
function debtOf(run: ReleaseRun): string[] {
  return run.plan.services.flatMap(({ service, ahead = [] }) => ahead.map((name) => `${service}: ${name}`));
}

/** The version from which a rollback has gone back, and which is on hold now; none if it has gone forward again. */
function leftBy(run: ReleaseRun): Pick<ReleaseEnd, 'left'> {
  if (run.kind !== 'rollback') return {};
  const back = run.plan.services.find(({ relation, untouched }) => !untouched && relation !== 'newer');
  const version = back && (run.input.goals?.[back.service]?.leaves.version ?? back.previous?.version);
  return version ? { left: version } : {};
}

function serviceResults(run: ReleaseRun, outcome: Outcome): ServiceResult[] {
  return (run.state.plan?.services ?? []).map(({ service, commit, previous, untouched, move }) => {
    const before = previous ? `${previous.version} (${previous.commit.slice(0, 10)})` : 'nothing';
    const now = `${move.brings ?? run.input.version} (${commit.slice(0, 10)})`;
    if (untouched) return { service, how: 'unchanged', commit, live: now };
    if (outcome === 'finished') return { service, how: 'released', commit, live: now };
    const undone = run.state.undone.find(({ step }) => step === `move:${service}`);
    if (!undone || undone.how === 'nothing to undo') return { service, how: 'untouched', commit, live: before };
    const isBack = undone.how === 'undone' || undone.how === 'by hand';
    return { service, how: isBack ? 'rolled back' : 'needs attention', commit, live: isBack ? before : 'not known' };
  });
}
