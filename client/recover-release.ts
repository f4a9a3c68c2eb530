/** Finding releases that nobody runs any more, and starting their recovery. */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError, defineSearchAttributeKey } from '@temporalio/common';
import { SlipwayError } from '../release/errors';
import { recoveryWorkflowId, releaseKey, taskQueueName } from '../release/identity';
import type { FoundRelease, RecoveryInput, RecoveryQuestion } from '../workflows/messages';
import { taskTimeouts } from '../workflows/task-timeouts';
import { searchAttributeNames } from '../workflows/search-attributes';
import { askWorker } from './ask-worker';
import { asSlipwayError } from './temporal-errors';

/**
 * The unfinished releases of an environment, or the one that is asked for, with what a worker sees of each. Changes
 * nothing. Fails with RECOVERY_NONE, NO_WORKER, or as the ledger does.
 */
export function findUnfinished(client: Client, question: RecoveryQuestion, patience?: number): Promise<FoundRelease[]> {
  const { project, environment, release } = question;
  return askWorker(
    client,
    {
      workflow: 'recoverySurvey',
      workflowId: `recovery-survey/${project}/${environment}/${randomUUID()}`,
      ...{ project, environment, args: [question] },
      summary: release ? `What ${release.id} left behind` : `Unfinished releases of ${environment}`,
      limit: '10m',
    },
    patience,
  );
}

/** A recovery that runs. */
export interface StartedRecovery {
  readonly id: string;
  readonly runId: string;
  /** The same was asked for before, and it runs already. */
  readonly already: boolean;
}

/**
 * Starts the recovery of a release, or finds the one that does the same already. Fails with RECOVERY_RUNNING if another
 * one runs, or TEMPORAL_UNREACHABLE.
 */
export async function startRecovery(client: Client, input: RecoveryInput): Promise<StartedRecovery> {
  const { unfinished, action } = input;
  const { project, environment, version } = unfinished.release;
  const id = recoveryWorkflowId(unfinished.release.id);
  const keys = searchAttributeNames;
  const values = { project, environment, version, phase: 'recovering' };
  try {
    const handle = await client.workflow.start('recovery', {
      workflowId: id,
      taskQueue: taskQueueName(project, environment),
      args: [input],
      workflowIdConflictPolicy: 'FAIL',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowTaskTimeout: taskTimeouts.release,
      staticSummary: `Recovery of ${project} ${version} → ${environment}: ${action}`,
      staticDetails: `Asked for by ${input.by}: ${input.reason}`,
      memo: { recovers: releaseKey(unfinished.release), action },
      typedSearchAttributes: (['project', 'environment', 'version', 'phase'] as const).map((part) => ({
        key: defineSearchAttributeKey(keys[part], 'KEYWORD'),
        value: values[part],
      })),
    });
    return { id, runId: handle.firstExecutionRunId, already: false };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw asSlipwayError(error);
    return joinRunning(client, id, input);
  }
}

async function joinRunning(
  client: Client,
  id: string,
  { unfinished, action }: RecoveryInput,
): Promise<StartedRecovery> {
  try {
    const { memo = {}, runId } = await client.workflow.getHandle(id).describe();
    const { recovers, action: running } = memo as { readonly recovers?: string; readonly action?: string };
    if (recovers === releaseKey(unfinished.release) && running === action) return { id, runId, already: true };
    throw new SlipwayError('RECOVERY_RUNNING', { id: unfinished.release.id, action: running ?? '?', recovery: id });
  } catch (error) {
    throw asSlipwayError(error);
  }
}
