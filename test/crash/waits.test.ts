import { randomUUID } from 'node:crypto';
import { defaultPayloadConverter } from '@temporalio/common';
import { requestRelease } from '../../client';
import { answered, approve, CrashStage, endOf, inPhase, skipWaits } from '../support/crash-stage';
import { footprint, lookAtWorld } from '../support/crash-footprint';
import { underTest, type ReleaseUnderTest } from '../support/slipway';

/** All workers are killed while a release waits for something; others go on. */

const long = { wait: 600_000, window: 600_000, interval: 50 };
let stage: CrashStage;
beforeAll(async () => {
  stage = await CrashStage.start({
    environment: { verify: { ...long, checks: [] }, monitor: long },
    firstRelease: ({ release }) => skipWaits(release),
  });
});
afterAll(() => stage?.stop());

async function skip(release: ReleaseUnderTest, phase: 'verifying' | 'monitoring' | 'proving'): Promise<void> {
  await inPhase(release, phase);
  await answered('the wait to be skipped', () => release.decide('skipWait', { by: 'grace' }));
}

async function replaceWorkers(): Promise<void> {
  await stage.workers.killAll();
  await stage.workers.refill();
}

test('while it awaits approval: it is approved as if nothing had happened', async () => {
  const before = await lookAtWorld(stage);
  const version = await stage.makeVersion('good');
  const release = await stage.slipway.release(version.name);
  await inPhase(release, 'awaiting approval');
  await replaceWorkers();
  await approve(release);
  await skip(release, 'verifying');
  await skip(release, 'monitoring');
  await endOf({ release }, 'finished');
  const print = await footprint(stage, before, { version, release });
  expect(print).toMatchObject({ updates: { 'refs/tags/vNEW': ['nothing → NEW'] }, effects: [{}, {}] });
});

test('while it awaits approval, and the approval is sent when there is no worker: it counts, once', async () => {
  const version = await stage.makeVersion('good');
  const release = await stage.slipway.release(version.name);
  await inPhase(release, 'awaiting approval');
  const { plan } = await release.state();
  await stage.workers.killAll();
  const delivery = await release.decide('approve', { by: 'ada', digest: plan!.digest });
  expect(delivery.how).toBe('sent');
  await stage.workers.refill();
  await skip(release, 'verifying');
  expect((await answered('its state', () => release.state())).approvals).toHaveLength(1);
  await skip(release, 'monitoring');
  await endOf({ release }, 'finished');
});

test.each(['verifying', 'monitoring'] as const)('while it is %s: it goes on from where it was', async (phase) => {
  const { release } = await stage.begin('good');
  if (phase === 'monitoring') await skip(release, 'verifying');
  await inPhase(release, phase);
  const seen = await answered('some rounds of checks', async () => {
    const now = await watched(release);
    return now.rounds > 10 ? now : undefined;
  });
  await replaceWorkers();
  const again = await answered('the next attempt', async () => {
    const now = await watched(release);
    return now.attempt > seen.attempt && now.rounds > 0 ? now : undefined;
  });
  expect(again.rounds).toBeGreaterThanOrEqual(seen.rounds);
  expect(again.elapsed).toBeGreaterThanOrEqual(seen.elapsed);
  await skip(release, phase);
  if (phase === 'verifying') await skip(release, 'monitoring');
  await endOf({ release }, 'finished');
});

test('while people try the new version: it is watched on, and their no, sent when there is no worker, puts it back', async () => {
  const before = await lookAtWorld(stage);
  const { name } = await stage.makeVersion('good');
  const release = await requestAccepted(name);
  const tries = await release.until(
    'people try it',
    ({ place, phase }) => place === 'after-smoke' && phase !== 'ended',
  );
  expect(tries.waitingFor?.send).toEqual(['approve', 'reject']);
  const seen = await answered('some rounds of checks', async () => {
    const now = await watched(release);
    return now.rounds > 2 ? now : undefined;
  });
  await replaceWorkers();
  await answered('the next attempt', async () => {
    const now = await watched(release);
    return now.attempt > seen.attempt && now.rounds > 0 ? now : undefined;
  });
  await stage.workers.killAll();
  const handle = stage.slipway.client.workflow.getHandle(release.id);
  await handle.signal('reject', { by: 'ada', reason: 'no book can be bought' });
  await stage.workers.refill();
  const result = await endOf({ release }, 'rolled back');
  expect(result.failure?.message).toContain('no book can be bought');
  expect((await lookAtWorld(stage)).live).toEqual(before.live);
});

/** A release that a person must accept after its smoke checks, and whose schema stays when it is put back. */
async function requestAccepted(version: string): Promise<ReleaseUnderTest> {
  const { project, client } = stage.slipway;
  const production = {
    ...project.environments['production']!,
    approvals: [{ name: 'accept', at: 'after-smoke' as const, approvers: ['ada'], required: 1, timeout: 600_000 }],
    ...{ verify: { ...long, wait: 0, checks: [] }, monitor: { ...long, window: 0 } },
  };
  const api = project.services['api']!;
  const services = {
    ...project.services,
    api: { ...api, database: { ...api.database!, onRollback: 'keep' as const } },
  };
  const order = { project: { ...project, services, environments: { production } }, environment: 'production', version };
  const input = { ...order, commit: null, requestedBy: 'linus', requestId: randomUUID() };
  const { releaseId } = await requestRelease(client, input, 30_000);
  return underTest(client, releaseId);
}

test('while it needs a person: it still does, and that person decides', async () => {
  const { release } = await stage.begin('broken with data');
  await skip(release, 'verifying');
  await skip(release, 'proving');
  await inPhase(release, 'needs attention');
  await replaceWorkers();
  const { attention } = await answered('its state', () => release.state());
  expect(attention).toMatchObject({ step: 'undo:migrate:api', error: { code: 'ROLLBACK_NEEDS_PERSON' } });
  await answered('the decision', () =>
    release.decide('resolve', { by: 'grace', action: 'skip', comment: 'the rows are worth keeping' }),
  );
  const result = await release.ended();
  expect(result).toMatchObject({ outcome: 'rolled back', schemaDebt: [expect.anything(), expect.anything()] });
});

/** How far the attempt that watches has come, as it tells Temporal. */
async function watched(release: ReleaseUnderTest): Promise<{ attempt: number; rounds: number; elapsed: number }> {
  const { raw } = await stage.slipway.client.workflow.getHandle(release.id).describe();
  const [activity] = raw.pendingActivities ?? [];
  const [payload] = activity?.heartbeatDetails?.payloads ?? [];
  const tally = payload
    ? defaultPayloadConverter.fromPayload<{ rounds: number; elapsed: number } | null>(payload)
    : null;
  return { attempt: activity?.attempt ?? 0, rounds: tally?.rounds ?? 0, elapsed: tally?.elapsed ?? 0 };
}
