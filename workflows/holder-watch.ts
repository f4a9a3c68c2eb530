/**
 * An environment watches whoever holds it. A release that was terminated, or timed out, with something changed is
 * recovered: nobody else is let in until it is, and where that cannot be done by itself a person is asked.
 */
import {
  CancellationScope,
  ChildWorkflowCancellationType,
  ParentClosePolicy,
  WorkflowIdReusePolicy,
  isCancellation,
  sleep,
  startChild,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError, defineSearchAttributeKey } from '@temporalio/common';
import type { LostHolder } from '../release/environment-state';
import { recoveryWorkflowId, releaseKey } from '../release/identity';
import { fittedBytes } from '../release/plain-text';
import type { UnfinishedRelease } from '../release/unfinished-release';
import type { EnvironmentRecord } from './environment-record';
import { reportOf } from './failure';
import type { RecoveryInput } from './messages';
import { taskTimeouts } from './task-timeouts';
import { MAX_SUMMARY, activity } from './proxies';
import type { recovery } from './recovery';
import { searchAttributeNames } from './search-attributes';

const second = 1_000;
/** Milliseconds between two questions to a ledger that does not answer; after the last one a person is asked. */
const PAUSES = [2, 5, 10, 20, 40, 60, 60, 60].map((seconds) => seconds * second);

interface Execution {
  readonly releaseId: string;
  /** Empty = the newest. */
  readonly runId: string;
}

export class HolderWatch {
  private watched: { readonly of: Execution; readonly scope: CancellationScope } | undefined;
  private settling = '';

  /** `changed`: called when others may be let in, or people must be told; what it is given is done after what came before. */
  constructor(
    private readonly record: EnvironmentRecord,
    private readonly changed: (act?: () => void) => void,
  ) {}

  /** Called whenever something has happened: watches whoever holds the environment now, and sees to one that was lost. */
  keepUp(): void {
    const { holder, lost } = this.record.state;
    this.watch(holder ?? lost?.recovery ?? undefined);
    if (lost && !lost.recovery && lost.asks === '') void this.settle(lost);
  }

  private watch(wanted: Execution | undefined): void {
    if (this.watched?.of.releaseId === wanted?.releaseId && this.watched?.of.runId === wanted?.runId) return;
    this.watched?.scope.cancel();
    this.watched = undefined;
    if (!wanted) return;
    const { releaseId, runId } = wanted;
    const scope = new CancellationScope();
    this.watched = { of: wanted, scope };
    void scope
      .run(() => activity.awaitReleaseEnd({ releaseId, runId }, `Until ${releaseId} is no longer running`))
      .then(
        () => this.gone(wanted),
        (error: unknown) => {
          if (isCancellation(error)) return;
          if (!reportOf(error)) throw error;
          // A question that was asked for weeks, and is asked anew.
          this.watched = undefined;
          this.changed();
        },
      );
  }

  private gone({ releaseId, runId }: Execution): void {
    // Its last word came before its end, and may not be read yet.
    this.changed(() => this.record.stoppedRunning(releaseId, runId));
  }

  /** What has it changed? Nothing: others are let in. Something: that is put back. No answer: a person decides. */
  private async settle({ releaseId, runId }: LostHolder): Promise<void> {
    if (this.settling === runId) return;
    this.settling = runId;
    const { record } = this;
    const found = await this.unfinished({ releaseId, runId });
    const isStill = record.state.lost?.runId === runId && !record.state.lost.recovery;
    if (isStill) {
      if ('ended' in found) record.settled(releaseId, found.ended);
      else if ('why' in found) record.askAboutLost(releaseId, found.why);
      else record.recovers(releaseId, await startRecovery(found.unfinished));
    }
    this.changed();
  }

  private async unfinished(
    release: Execution,
  ): Promise<{ readonly unfinished: UnfinishedRelease } | { readonly ended: string } | { readonly why: string }> {
    const { releaseId: id, runId } = release;
    for (let tries = 0; ; tries += 1) {
      try {
        const unfinished = await activity.loadUnfinished({ release: { id, runId } }, `What had ${id} changed?`);
        if (unfinished.problem !== undefined)
          return { why: `what the ledger holds of it is not to be believed: ${unfinished.problem}` };
        return unfinished.undoRecords.length === 0 ? { ended: 'It had changed nothing.' } : { unfinished };
      } catch (error) {
        const report = reportOf(error);
        if (!report) throw error;
        // Before its first change a release waits until it stands in the ledger.
        if (report.code === 'RECOVERY_NONE') return { ended: 'The ledger knows of nothing that is to be put back.' };
        const pause = PAUSES[tries];
        if (pause === undefined) return { why: `what it has changed could not be told: ${report.message}` };
        await sleep(pause, { summary: 'Until the ledger is asked again' });
      }
    }
  }
}

/** Puts back what a lost release has changed. A person who was quicker has begun the same, or something better. */
async function startRecovery(unfinished: UnfinishedRelease): Promise<Execution> {
  const { release } = unfinished;
  const { project, environment, version } = release;
  const workflowId = recoveryWorkflowId(release.id);
  const reason = 'it stopped running with the environment in its hands';
  const input: RecoveryInput = { unfinished, action: 'undo', by: 'slipway', reason, temporalGone: false };
  const values = { project, environment, version, phase: 'recovering' };
  try {
    const child = await startChild<typeof recovery>('recovery', {
      workflowId,
      args: [input],
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      workflowTaskTimeout: taskTimeouts.release,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
      staticSummary: fittedBytes(`Recovery of ${project} ${version} → ${environment}: undo`, MAX_SUMMARY),
      staticDetails: `Begun by the environment: ${reason}.`,
      memo: { recovers: releaseKey(release), action: 'undo' },
      typedSearchAttributes: (['project', 'environment', 'version', 'phase'] as const).map((part) => ({
        key: defineSearchAttributeKey(searchAttributeNames[part], 'KEYWORD'),
        value: values[part],
      })),
    });
    return { releaseId: workflowId, runId: child.firstExecutionRunId };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return { releaseId: workflowId, runId: '' };
  }
}
