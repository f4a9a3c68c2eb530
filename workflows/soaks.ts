/**
 * The soaks of an environment: begun when a release has finished, told who holds the environment and what replaces them,
 * listened to, and accepted by people. All by comparing what is with what was told, so that nothing is lost or begun twice.
 */
import {
  ChildWorkflowCancellationType,
  ParentClosePolicy,
  WorkflowIdReusePolicy,
  getExternalWorkflowHandle,
  startChild,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError, defineSearchAttributeKey } from '@temporalio/common';
import type { EnvironmentState, WordAnswer } from '../release/environment-state';
import { soakWorkflowId } from '../release/identity';
import { fittedBytes } from '../release/plain-text';
import { isBreached, replacementOf, type Soak, type SoakWord } from '../release/soak';
import { problemOfAccount, type BreachOrder } from '../release/soak-messages';
import type { EnvironmentRecord } from './environment-record';
import type { On } from './handlers';
import { soakToldSignal, soakWordSignal, type EnvironmentInput, type SoakInput } from './messages';
import { taskTimeouts } from './task-timeouts';
import { MAX_SUMMARY } from './proxies';
import { searchAttributeNames } from './search-attributes';
import type { soak } from './soak';

/** Registers the handler; it only notes. */
export function takeSoaks(
  on: On,
  input: EnvironmentInput,
  record: EnvironmentRecord,
  take: (work: () => Promise<void>) => void,
): void {
  on(soakToldSignal, (account) => {
    const problem = problemOfAccount(account, input);
    if (problem) record.log(`ignored a word of a soak: ${problem}`);
    else take(async () => record.soakTold(account, input.environment));
  });
}

/**
 * Brings the soaks and what they were told in step with the environment; nothing where none is. A soak that is gone is
 * forgotten, and said.
 */
export async function keepUpSoaks(record: EnvironmentRecord): Promise<void> {
  for (const one of record.soaks) {
    if (one.order) {
      await begin({ ...one.order, heldBy: heldBy(record.state) });
      record.soakBegun(one.releaseId);
    }
    const word = wordFor(record.state, one);
    const text = JSON.stringify(word);
    if (text === one.told) continue;
    const isTold = await tell(one.releaseId, word);
    if (word.replacedBy !== undefined) record.soakReplaced(one.releaseId, word.replacedBy);
    else if (isTold) record.soakWasTold(one.releaseId, text);
    else record.soakGone(one.releaseId);
  }
}

/** Accepts a breach, `said` by somebody who may: what runs may go on running. */
export function acceptBreach(record: EnvironmentRecord, order: BreachOrder, said: string): WordAnswer {
  const { breach, reason } = order;
  const open = record.soaks.filter(isBreached);
  const one = open.find((each) => each.breach?.id === breach);
  if (!one) {
    const list = open.map((each) => each.breach?.id).join(', ') || 'none';
    return { accepted: false, id: breach, detail: `there is no breach ${breach} to accept (breaches: ${list})` };
  }
  record.acceptBreach(one.releaseId, { breach, by: said, reason, at: new Date().toISOString() });
  record.log(`${said} accepted ${breach}, of the soak of ${one.version}: ${reason}`);
  return { accepted: true, id: breach, detail: `${breach} is accepted: ${one.version} soaks on` };
}

/** Nobody looks while a release changes something, or what one has changed is to be settled. */
const heldBy = ({ holder, lost }: EnvironmentState): string => holder?.releaseId ?? lost?.releaseId ?? '';

function wordFor(state: EnvironmentState, { breach, ...soaking }: Soak): SoakWord {
  const replacedBy = replacementOf(soaking, state.live);
  return {
    heldBy: heldBy(state),
    ...(replacedBy !== undefined && { replacedBy }),
    ...(breach?.accepted && { accepted: { breach: breach.id, ...breach.accepted } }),
  };
}

/** Starts it as a child that outlives this run. Where it was started before, the word that it is told finds out whether it runs. */
async function begin(input: SoakInput): Promise<void> {
  const { project, environment, version, releaseId } = input;
  const values = { project, environment, version, phase: 'soaking' };
  try {
    await startChild<typeof soak>('soak', {
      workflowId: soakWorkflowId(releaseId),
      args: [input],
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      workflowTaskTimeout: taskTimeouts.release,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
      staticSummary: fittedBytes(`Soak of ${project} ${version} in ${environment}`, MAX_SUMMARY),
      staticDetails: 'Looks at what a release has left, after it has finished. Changes nothing.',
      typedSearchAttributes: (['project', 'environment', 'version', 'phase'] as const).map((part) => ({
        key: defineSearchAttributeKey(searchAttributeNames[part], 'KEYWORD'),
        value: values[part],
      })),
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

/** Returns whether it runs. */
async function tell(releaseId: string, word: SoakWord): Promise<boolean> {
  try {
    await getExternalWorkflowHandle(soakWorkflowId(releaseId)).signal(soakWordSignal, word);
    return true;
  } catch {
    return false;
  }
}
