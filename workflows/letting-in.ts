/** Whom an environment lets in: it notes who asks, tells them for whom they wait, hands on its lock, replaces older ones. */
import { getExternalWorkflowHandle } from '@temporalio/workflow';
import type { LockRequest, QueuedRelease } from '../release/environment-state';
import { mayPassDrift } from '../release/pass-drift';
import { mayReplace } from '../release/replacement';
import type { Replacement } from '../activities/contract';
import type { EnvironmentRecord } from './environment-record';
import { reportOf } from './failure';
import { freezesOfGrant } from './freezes';
import { endWaitsSignal, lockGrantedSignal, lockQueuedSignal, replacedSignal, type ReleaseTarget } from './messages';
import { activity } from './proxies';

/** Notes a release that asks for the lock, and tells it for whom it waits. */
export async function queue(record: EnvironmentRecord, request: LockRequest): Promise<void> {
  const behind = record.enqueue(request);
  if (!behind) return;
  const hotfix = record.find(request.releaseId);
  const endsWaits = hotfix?.endWaits !== undefined && (await tellToEndWaits(record, hotfix));
  await tell(request, async (handle) => handle.signal(lockQueuedSignal, { behind, ...(endsWaits && { endsWaits }) }));
}

/** The holder hears of a hotfix that is to pass; in each other's timeline stands who said so, and why. */
async function tellToEndWaits(
  record: EnvironmentRecord,
  { releaseId, by, endWaits = '' }: QueuedRelease,
): Promise<boolean> {
  const { holder } = record.state;
  if (!holder) return false;
  const word = { hotfix: releaseId, by, reason: endWaits };
  const isTold = await tell(holder, async (handle) => handle.signal(endWaitsSignal, word));
  if (isTold) record.log(`${holder.releaseId} was told to end its waits for ${releaseId}, says ${by}: ${endWaits}`);
  return isTold;
}

/** Tells all that ask for the lock for whom they wait. */
export async function tellWaiting(record: EnvironmentRecord, behind: string): Promise<void> {
  for (const request of record.state.waiting.filter((one) => !mayPassDrift(one)))
    await tell(request, async (handle) => handle.signal(lockQueuedSignal, { behind }));
}

/** Hands the lock to the next that still runs. */
export async function grant(record: EnvironmentRecord): Promise<void> {
  for (let next = record.takeNext(); next; next = record.takeNext()) {
    const { request, note } = next;
    if (
      await tell(request, async (handle) =>
        handle.signal(lockGrantedSignal, { note, ...freezesOfGrant(record), stops: record.stops }),
      )
    )
      return;
    record.letGo(request.releaseId, true, request.runId);
    record.log(`${request.releaseId} was gone when its turn came`);
  }
}

/** A newer release replaces older ones that wait, or gives way to a newer one. What cannot be told changes nothing. */
export async function replaceOlder(record: EnvironmentRecord, { releaseId, services }: ReleaseTarget): Promise<void> {
  if (!record.find(releaseId)) return;
  const rivals = record.aim(releaseId, services);
  if (Object.keys(rivals).length === 0) return;
  let replacements: readonly Replacement[];
  try {
    const summary = `Which is newer: ${releaseId}, or those that wait?`;
    replacements = await activity.findReplaced({ releaseId, services, rivals }, summary);
  } catch (error) {
    const report = reportOf(error);
    if (!report) throw error;
    return record.log(`whether ${releaseId} is newer than those that wait could not be told: ${report.message}`);
  }
  for (const { replaced, by } of replacements) {
    const release = record.find(replaced);
    if (!release || record.state.holder?.releaseId === replaced) continue;
    if (!mayReplace(release.kind, record.find(by)?.kind)) continue;
    record.replace(replaced, by);
    await tell(release, async (handle) => handle.signal(replacedSignal, { by }));
  }
}

/** Signals a release. Returns false if it is no longer running. */
async function tell(
  { releaseId, runId }: Pick<LockRequest, 'releaseId' | 'runId'>,
  say: (handle: ReturnType<typeof getExternalWorkflowHandle>) => Promise<void>,
): Promise<boolean> {
  try {
    await say(getExternalWorkflowHandle(releaseId, runId));
    return true;
  } catch {
    return false;
  }
}
