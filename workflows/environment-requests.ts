/** What an environment does with what is asked of it. Each returns when it is done; the main loop takes one at a time. */
import {
  ChildWorkflowCancellationType,
  ParentClosePolicy,
  WorkflowIdReusePolicy,
  startChild,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError, defineSearchAttributeKey } from '@temporalio/common';
import type { ReleaseAnswer, WordAnswer } from '../release/environment-state';
import { errorReport, type ErrorReport } from '../release/errors';
import { releaseWorkflowId } from '../release/identity';
import { refuseAct } from '../release/may';
import { planRedeploy } from '../release/panic-rollback';
import { fittedBytes } from '../release/plain-text';
import { renderAbout } from '../release/render-environment';
import type { EnvironmentRecord } from './environment-record';
import { underRules, type RuledInput } from './environment-rules';
import { tellFreezes } from './freezes';
import { tellStops } from './stops';
import { noteRules } from './word-rules';
import type { EnvironmentInput, QueueMove, ReleaseInput, ReleaseRequest } from './messages';
import { taskTimeouts } from './task-timeouts';
import { MAX_SUMMARY, activity } from './proxies';
import type { release } from './release';
import { searchAttributeNames } from './search-attributes';

/**
 * Starts a release as a child that outlives this run, under the next free number of its version; or says why not.
 * `known`: the rules that count for it, where they were read already.
 */
export async function startRelease(
  env: EnvironmentInput,
  record: EnvironmentRecord,
  request: ReleaseRequest,
  known?: RuledInput,
): Promise<void> {
  const { requestId } = request;
  if (record.answerTo(requestId)) return;
  const ruled = known ?? (await underRules(env, record, request));
  const answer = 'refused' in ruled ? ruled : await startOrRefuse(env, record, ruled.input);
  record.answer(requestId, answer);
  if (!('releaseId' in answer)) return;
  if ('input' in ruled) noteRules(record, ruled.input, answer.releaseId);
  if (record.freezes.length > 0) await tellFreezes(record, [answer.releaseId]);
  if (record.stops.stops.length > 0) await tellStops(record, [answer.releaseId]);
}

async function startOrRefuse(
  env: EnvironmentInput,
  record: EnvironmentRecord,
  input: ReleaseInput,
): Promise<ReleaseAnswer> {
  const refused = await refusalOf(record, input);
  if (refused) return { refused };
  if (input.kind !== 'redeploy') return startNumbered(env, record, input);
  const goal = planRedeploy(input, record.state);
  return 'refused' in goal ? goal : startNumbered(env, record, { ...input, ...goal });
}

/** Why nothing is started for a request. */
async function refusalOf(record: EnvironmentRecord, request: ReleaseInput): Promise<ErrorReport | undefined> {
  const { version, environment, project, again, requestedBy, endWaits } = request;
  const rules = project.environments[environment];
  const no = rules && refuseAct(project, rules, 'request', requestedBy);
  if (no !== undefined) return errorReport('NOT_ALLOWED', { detail: no });
  if (rules?.observed) return errorReport('ENVIRONMENT_OBSERVED', { environment });
  const noSkip = rules && endWaits && refuseAct(project, rules, 'skipWait', requestedBy);
  if (noSkip) return errorReport('NOT_ALLOWED', { detail: noSkip });
  const same = record.activeReleaseOf(version);
  if (same && (await isUnderWay(record, same))) return errorReport('RELEASE_RUNNING', { id: same });
  const hold = record.state.holds[version];
  // What runs is on hold no more.
  if (hold && !again?.trim() && request.kind !== 'redeploy')
    return errorReport('VERSION_ON_HOLD', { version, id: hold.releaseId, why: hold.why });
  if (project.environments[environment]?.queue !== 'refuse') return undefined;
  for (const { releaseId } of record.state.queue) {
    if (await isUnderWay(record, releaseId)) return errorReport('ENVIRONMENT_BUSY', { environment, id: releaseId });
  }
  return undefined;
}

/** A release that was terminated never said that it ended: ask, and forget it if so. */
export async function isUnderWay(record: EnvironmentRecord, releaseId: string): Promise<boolean> {
  const input = { releaseId, runId: '', patience: 0 };
  const { isRunning } = await activity.awaitReleaseEnd(input, `Is ${releaseId} still running?`);
  if (!isRunning) record.letGo(releaseId, true);
  return isRunning;
}

export async function startNumbered(
  { project, environment: name }: EnvironmentInput,
  record: EnvironmentRecord,
  input: ReleaseInput,
): Promise<{ readonly releaseId: string; readonly runId: string }> {
  const keys = searchAttributeNames;
  const values = { project, environment: name, version: input.version, phase: 'looking' };
  for (;;) {
    const workflowId = releaseWorkflowId(project, name, input.version, record.nextNumber(input.version));
    try {
      const child = await startChild<typeof release>('release', {
        workflowId,
        args: [input],
        workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
        workflowTaskTimeout: taskTimeouts.release,
        parentClosePolicy: ParentClosePolicy.ABANDON,
        cancellationType: ChildWorkflowCancellationType.ABANDON,
        staticSummary: fittedBytes(`${project} ${input.version} → ${name}`, MAX_SUMMARY),
        staticDetails: renderAbout(input.requestedBy),
        typedSearchAttributes: (['project', 'environment', 'version', 'phase'] as const).map((part) => ({
          key: defineSearchAttributeKey(keys[part], 'KEYWORD'),
          value: values[part],
        })),
      });
      const started = { releaseId: workflowId, runId: child.firstExecutionRunId };
      const { kind, endWaits, goals = {}, restores } = input;
      const leaves = kind === 'rollback' ? Object.values(goals)[0]?.leaves.version : undefined;
      record.started(started, input.version, input.requestedBy, {
        ...(kind && kind !== 'normal' && { kind }),
        ...(endWaits && { endWaits }),
        ...(leaves !== undefined && { leaves }),
        ...(restores && kind === 'rollback' && { restores }),
      });
      return started;
    } catch (error) {
      // A number that was used before this workflow's memory began: take the next.
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }
}

/** Changes the order in which releases get the lock, `said` by somebody who may. */
export function moveInQueue(
  record: EnvironmentRecord,
  { requestId, releaseId, to, reason }: QueueMove,
  said: string,
): WordAnswer {
  const detail = `${releaseId} is ${to} in the queue now`;
  if (record.state.holder?.releaseId === releaseId) {
    record.answer(requestId, { done: `${releaseId} holds the environment already` });
  } else if (record.move(releaseId, to)) {
    record.log(`${said} put ${releaseId} ${to} in the queue${reason ? ` (“${reason}”)` : ''}`);
    record.answer(requestId, { done: detail });
  } else {
    const refused = errorReport('RELEASE_UNKNOWN', { id: releaseId });
    record.answer(requestId, { refused });
    return { accepted: false, id: releaseId, detail: refused.message };
  }
  return { accepted: true, id: releaseId, detail };
}
