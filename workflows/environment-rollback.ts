/**
 * A rollback that is asked of an environment: the release that holds it is told, or one of its own kind is started, which
 * nobody can come before. Asked for twice, it is done once.
 */
import { getExternalWorkflowHandle } from '@temporalio/workflow';
import { errorReport, type ErrorReport } from '../release/errors';
import { parseReleaseWorkflowId, recoveredRelease } from '../release/identity';
import { refuseAct } from '../release/may';
import { lastReleased, planRollback, projectOf, type RollbackPlan } from '../release/panic-rollback';
import type { RollbackRequest } from '../release/rollback-request';
import type { Project } from '../release/project';
import { approvalsFor } from '../release/release-kind';
import { planRestore, type RestoreRequest } from '../release/restore';
import type { RulesOrigin } from '../release/rules-origin';
import { mustBeSigned } from '../release/signed-word';
import type { EnvironmentRecord } from './environment-record';
import { isUnderWay, startNumbered } from './environment-requests';
import { underRules } from './environment-rules';
import { decisionSignals, type EnvironmentInput, type ReleaseInput } from './messages';
import { noteRules } from './word-rules';

/** Does what is asked for, and answers it. `isJudged`: that they may is known, by the rules that the environment keeps. */
export async function rollBack(
  env: EnvironmentInput,
  record: EnvironmentRecord,
  request: RollbackRequest,
  isJudged: boolean,
): Promise<void> {
  const { requestId, leaves, to } = request;
  if (record.answerTo(requestId)) return;
  const judge = (by: Ruled) => (isJudged ? undefined : refuseUnjudged(env, record, request, by));
  const ruled = await permitted(env, record, request, { version: to ?? leaves, judge });
  if ('refused' in ruled) return record.answer(requestId, ruled);
  if (await join(record, request)) return;
  if (await passOn(record, request)) return;
  const plan = planRollback(request, record.state, ruled.project, env.environment);
  await carryOut(env, record, request, { plan, ruled, asked: `a rollback from ${leaves}` });
}

/** Puts back what the last release left, where it was moved by hand; what a release does now is not for it. */
export async function restore(
  env: EnvironmentInput,
  record: EnvironmentRecord,
  request: RestoreRequest,
): Promise<void> {
  const { requestId } = request;
  if (record.answerTo(requestId)) return;
  const judge = ({ project }: Ruled) =>
    refuseAct(project, project.environments[env.environment]!, 'rollback', request.by);
  const version = lastReleased(record.state.live)?.version ?? '';
  const ruled = await permitted(env, record, request, { version, judge });
  if ('refused' in ruled) return record.answer(requestId, ruled);
  if (await join(record, request)) return;
  const { holder } = record.state;
  if (holder) {
    const details = { environment: env.environment, id: holder.releaseId };
    return record.answer(requestId, { refused: errorReport('ENVIRONMENT_HELD', details) });
  }
  const plan = planRestore(record.state, ruled.project, env.environment);
  await carryOut(env, record, request, { plan, ruled, asked: 'what the last release left', restores: true });
}

/** The rules by which somebody may ask for it; or why not. */
async function permitted(
  env: EnvironmentInput,
  record: EnvironmentRecord,
  request: RollbackRequest | RestoreRequest,
  { version, judge }: { readonly version: string; readonly judge: (by: Ruled) => string | undefined },
): ReturnType<typeof rulesOf> {
  const { environment } = env;
  const ruled = await rulesOf(env, record, request, version);
  if ('refused' in ruled) return ruled;
  const rules = ruled.project.environments[environment]!;
  if (rules.observed) return { refused: errorReport('ENVIRONMENT_OBSERVED', { environment }) };
  const no = judge(ruled);
  return no === undefined ? ruled : { refused: errorReport('NOT_ALLOWED', { detail: no }) };
}

/** Starts the release that goes back, if one is to, and answers. */
async function carryOut(
  env: EnvironmentInput,
  record: EnvironmentRecord,
  { requestId, by, reason = '' }: RollbackRequest | RestoreRequest,
  {
    plan,
    ruled: { project, rules },
    asked,
    restores,
  }: { readonly plan: RollbackPlan; readonly ruled: Ruled; readonly asked: string; readonly restores?: true },
): Promise<void> {
  if ('refused' in plan) return record.answer(requestId, plan);
  if ('nothing' in plan) {
    record.log(`${by} asked for ${asked}: ${plan.nothing}`);
    return record.answer(requestId, { done: plan.nothing });
  }
  const { environment } = env;
  const input: ReleaseInput = {
    project: projectOf(project, environment, plan.goals),
    environment,
    version: plan.version,
    commit: null,
    requestedBy: by,
    kind: 'rollback',
    goals: plan.goals,
    ...(restores && { restores }),
    ...(reason && { reason }),
    ...(rules && { rules }),
  };
  const started = await startNumbered(env, record, input);
  // It need not ask: from now on nobody else can be given the environment. Where it waits for people, it does not keep others waiting.
  const isAtOnce = !record.state.lost && approvalsFor(project.environments[environment]!, 'rollback').length === 0;
  if (isAtOnce) record.enqueue({ ...started, version: plan.version, kind: 'rollback' });
  record.answer(requestId, started);
}

interface Ruled {
  readonly project: Project;
  /** Absent = they came with the request. */
  readonly rules?: RulesOrigin;
}

/**
 * Why somebody may not, where no rules were kept when they asked, in one sentence. Whose key has signed it could not be
 * told then: where that matters, rules of a protected commit are kept from now on, so that it can.
 */
function refuseUnjudged(
  { environment }: EnvironmentInput,
  record: EnvironmentRecord,
  { requestId, by }: RollbackRequest,
  { project, rules: origin }: Ruled,
): string | undefined {
  const rules = project.environments[environment]!;
  const no = refuseAct(project, rules, 'rollback', by);
  if (no !== undefined || !mustBeSigned(rules, 'rollback')) return no;
  if (!origin) return `${environment} takes signed words only, and knows no keys until a release was asked for`;
  const asked = { project, environment, version: '', commit: null, requestedBy: by, rules: origin };
  noteRules(record, asked, `the rollback ${requestId}`);
  return `${environment} takes signed words only, and knew no keys until now: send it again, signed`;
}

/** The rules that count: those of the protected commit as they were read last, where there is one; nothing is waited for. */
async function rulesOf(
  env: EnvironmentInput,
  record: EnvironmentRecord,
  { project: sent, by }: RollbackRequest | RestoreRequest,
  version: string,
): Promise<Ruled | { readonly refused: ErrorReport }> {
  const { rules, project: last } = record.state;
  if (rules) return { project: rules.project, rules: rules.origin };
  const project = sent ?? last;
  const { environment } = env;
  if (!project?.environments[environment]) return { refused: errorReport('RULES_UNKNOWN', { environment }) };
  if (!project.rules) return { project };
  const asked = { project, environment, version, commit: null, requestedBy: by };
  const ruled = await underRules(env, record, asked);
  if ('refused' in ruled) return ruled;
  const { project: read, rules: origin } = ruled.input;
  return { project: read, ...(origin && { rules: origin }) };
}

/** Somebody was faster, and theirs is still under way: both get the same one. */
async function join(
  record: EnvironmentRecord,
  { requestId, by }: Pick<RollbackRequest, 'requestId' | 'by'>,
): Promise<boolean> {
  const other = record.state.queue.find(({ kind }) => kind === 'rollback');
  if (!other || !(await isUnderWay(record, other.releaseId))) return false;
  const { releaseId, runId, leaves = 'what ran' } = other;
  const words = other.restores
    ? `${other.version}, which the last release left, is already being put back, asked for by ${other.by}`
    : `already being rolled back from ${leaves} to ${other.version}, asked for by ${other.by}`;
  record.log(`${by} asked for a rollback too: ${releaseId} is one already`);
  record.answer(requestId, { releaseId, runId, how: 'joined', words });
  return true;
}

/** A release that holds the environment goes back itself; should it be past that, and finish, it is gone back from. */
async function passOn(record: EnvironmentRecord, request: RollbackRequest): Promise<boolean> {
  const { holder } = record.state;
  if (!holder) return false;
  const { releaseId, runId, version } = holder;
  const { requestId, by, reason = '' } = request;
  try {
    const said = { id: requestId, by, reason };
    await getExternalWorkflowHandle(releaseId, runId).signal(decisionSignals.rollback, said);
  } catch {
    // What it has changed is put back first; this one comes next.
    record.stoppedRunning(releaseId, runId);
    record.log(`${releaseId} was gone when it was told to roll back`);
    return false;
  }
  record.passOn(releaseId, request);
  const words = `${releaseId} holds the environment, and was told to roll back`;
  record.log(`${by} asked for a rollback: ${releaseId}, which brings ${version}, was told`);
  record.answer(requestId, { releaseId, runId, how: 'told', words });
  return true;
}

/** The release that was told has ended: where the word came too late, it is gone back from what it has left. */
export function afterPassingOn(record: EnvironmentRecord, id: string, finished: boolean): RollbackRequest | undefined {
  const request = record.takePassedOn(id);
  const version = parseReleaseWorkflowId(recoveredRelease(id))?.version;
  if (!request || !finished || version === undefined) return undefined;
  const leaves = lastReleased(record.state.live)?.version ?? version;
  const { to, ...rest } = request;
  void to;
  return { ...rest, leaves, requestId: `${request.requestId.slice(0, 190)}/late` };
}
