/** The three releases of the demo. */
import type { Client } from '@temporalio/client';
import { releaseWorkflowId } from '../../release/identity';
import type { Outcome } from '../../release/phase';
import type { ReleaseResult } from '../../release/state';
import { waitForResult } from '../release-state';
import { pause } from '../pause';

/** One release of the demo: what is to be seen, and how it must end. */
export interface Act {
  readonly version: string;
  readonly title: string;
  readonly words: string;
  readonly expected: Outcome;
  /** The worker is killed in the middle of this one's migration. */
  readonly killsWorker: boolean;
}

export const acts: readonly Act[] = [
  {
    version: '1.1.0',
    title: 'A release that succeeds',
    words: 'Gates, plan, approval, migration, verify wait, both pointers, probes, smoke checks, monitoring.',
    expected: 'finished',
    killsWorker: false,
  },
  {
    version: '1.2.0',
    title: 'A release that is broken',
    words: 'Its health and its version look right; only its smoke check finds it. It comes back by itself.',
    expected: 'rolled back',
    killsWorker: false,
  },
  {
    version: '1.3.0',
    title: 'A release whose worker is killed',
    words: 'SIGKILL in the middle of the migration; another worker goes on as if nothing had happened.',
    expected: 'finished',
    killsWorker: true,
  },
];

/** How an act ended. */
export interface ActReport {
  readonly act: Act;
  readonly releaseId: string;
  readonly runId: string;
  readonly result: ReleaseResult;
  /** Whether it ended as described, and for the third, whether the worker really was killed in the middle. */
  readonly asDescribed: boolean;
}

/** The id of an act's release: the demo's shop is new, so each version's first. */
const actId = ({ version }: Act): string => releaseWorkflowId('shop', 'production', version, 1);

/** Reads how an act ended. */
export async function reportAct(client: Client, act: Act, killed: boolean): Promise<ActReport> {
  const releaseId = actId(act);
  const result = await waitForResult(client, releaseId);
  const asDescribed = result.outcome === act.expected && killed === act.killsWorker;
  const { runId } = await client.workflow.getHandle(releaseId).describe();
  return { act, releaseId, runId, result, asDescribed };
}

/**
 * Waits until the migration of an act's release is running in the database. Returns false if the release ended before
 * that was seen, or the signal was aborted.
 */
export async function seeMigrationRunning(client: Client, act: Act, signal: AbortSignal): Promise<boolean> {
  const handle = client.workflow.getHandle(actId(act));
  while (!signal.aborted) {
    const seen = await handle.describe().catch(() => undefined);
    if (seen && seen.status.name !== 'RUNNING') return false;
    const activity = seen?.raw.pendingActivities?.find(({ activityType }) => activityType?.name === 'applyMigrations');
    const data = activity?.heartbeatDetails?.payloads?.[0]?.data;
    if (data && Buffer.from(data).toString().includes('running')) return true;
    await pause(50);
  }
  return false;
}
