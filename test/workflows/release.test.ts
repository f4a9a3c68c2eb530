import { environmentWorkflowId, recoveryWorkflowId } from '../../release/identity';
import { environmentState } from '../../client/ask-environment';
import { environmentStart } from '../../workflows/environment-start';
import { liftStopUpdate, stopUpdate } from '../../workflows/messages';
import { eventually } from '../support/eventually';
import { startSlipway, type Slipway, type SlipwayOptions } from '../support/slipway';

let slipway: Slipway;
const given = async (options: SlipwayOptions = {}) => (slipway = await startSlipway(options));
afterEach(() => slipway?.stop());

describe('a release that succeeds', () => {
  test('takes both services to the version: schema, pointers, what is live', async () => {
    const { shop } = await given();
    const release = await slipway.approved('1.1.0');
    expect(await release.result()).toMatchObject({
      outcome: 'finished',
      failure: null,
      services: [
        { service: 'api', how: 'released' },
        { service: 'web', how: 'released' },
      ],
    });
    const commit = await shop.commitOf('1.1.0');
    expect(await shop.resolve('refs/tags/v1.1.0')).toBe(commit);
    expect(await shop.resolve('refs/heads/production')).toBe(commit);
    expect(shop.live()).toEqual({ api: commit, web: commit });
    const { steps, timeline, plan } = await release.state();
    expect(steps.every(({ status }) => status === 'done')).toBe(true);
    expect(plan?.steps.map(({ id }) => id)).toEqual(['migrate:api', 'move:api', 'move:web', 'deployed', 'smoke']);
    expect(timeline.at(-1)?.text).toBe('finished');
    expect((await slipway.environmentState()).holder).toBeNull();
  });

  test('completes in Temporal, with every attribute that the list can be filtered by', async () => {
    await given();
    const release = await slipway.approved('1.1.0');
    await release.result();
    const { status, typedSearchAttributes } = await slipway.client.workflow.getHandle(release.id).describe();
    expect(status.name).toBe('COMPLETED');
    const values = Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
    expect(values).toMatchObject({
      SlipwayEnvironment: 'production',
      SlipwayVersion: '1.1.0',
      SlipwayPhase: 'ended',
      SlipwayOutcome: 'finished',
    });
  });

  test('waits in the verify wait and the monitoring window, and both can be skipped', async () => {
    await given({
      environment: {
        verify: { wait: 600_000, interval: 100, checks: [] },
        monitor: { window: 600_000, interval: 100 },
      },
    });
    const release = await slipway.approved('1.1.0');
    await release.in('verifying');
    await release.decide('skipWait', { by: 'grace', comment: 'seen enough' });
    await release.in('monitoring');
    await release.decide('skipWait', { by: 'grace' });
    expect((await release.result()).outcome).toBe('finished');
    expect((await release.state()).steps.filter(({ detail }) => detail.includes('skipped'))).toHaveLength(2);
  });

  test('holds before the next change while it is paused', async () => {
    const { shop } = await given({
      environment: { verify: { wait: 600_000, interval: 100, checks: [] }, monitor: { window: 0, interval: 1 } },
    });
    const release = await slipway.approved('1.1.0');
    await release.in('verifying');
    await release.decide('pause', { by: 'grace', comment: 'one moment' });
    await release.decide('skipWait', { by: 'grace' });
    await release.until(
      'it waits for the end of the pause',
      (state) => state.waitingFor?.what.includes('pause') ?? false,
    );
    expect(await shop.refs()).not.toHaveProperty(['refs/tags/v1.1.0']);
    await release.decide('resume', { by: 'grace' });
    expect((await release.result()).outcome).toBe('finished');
  });

  test('ignores rubbish in signals and notes it', async () => {
    await given();
    const release = await slipway.release('1.1.0');
    await release.in('awaiting approval');
    const handle = slipway.client.workflow.getHandle(release.id);
    for (const rubbish of [undefined, null, 7, 'yes', [], {}, { by: 'ada' }, { by: 'ada', digest: 'zzz' }])
      await handle.signal('approve', rubbish);
    await handle.signal('frobnicate', { by: 'mallory' });
    await release.approve();
    expect((await release.result()).outcome).toBe('finished');
    const { timeline } = await release.state();
    expect(
      timeline.filter(({ text }) => text.startsWith('ignored a approve') || text.startsWith('ignored an')).length,
    ).toBeGreaterThanOrEqual(8);
  });
});

describe('approval', () => {
  test('with another digest, by a stranger or twice is not counted', async () => {
    await given({
      environment: { approvals: [{ name: 'two', approvers: ['ada', 'grace'], required: 2, timeout: 60_000 }] },
    });
    const release = await slipway.release('1.1.0');
    const { plan } = await release.in('awaiting approval');
    await expect(release.decide('approve', { by: 'ada', digest: 'f'.repeat(16) })).rejects.toThrow(
      /names plan ffffffffffff/,
    );
    await expect(release.decide('approve', { by: 'mallory', digest: plan!.digest })).rejects.toThrow(/no approver/);
    await release.decide('approve', { by: 'ada', digest: plan!.digest });
    await expect(release.decide('approve', { by: 'ada', digest: plan!.digest })).rejects.toThrow(/already/);
    expect((await release.state()).phase).toBe('awaiting approval');
    await release.approve('grace');
    expect((await release.result()).outcome).toBe('finished');
  });

  test('that is sent twice under one decision id counts once and answers the same', async () => {
    await given({ environment: { approvals: [{ name: 'two', approvers: [], required: 2, timeout: 60_000 }] } });
    const release = await slipway.release('1.1.0');
    const { plan } = await release.in('awaiting approval');
    const payload = { id: 'decision-1', by: 'ada', digest: plan!.digest };
    await slipway.client.workflow.getHandle(release.id).signal('approve', payload);
    expect(await release.decide('approve', payload)).toMatchObject({ verdict: { accepted: true } });
    expect((await release.state()).approvals).toHaveLength(1);
  });

  test('that does not come in time stops the release with nothing changed', async () => {
    const { shop } = await given({
      environment: { approvals: [{ name: 'quick', approvers: ['ada'], required: 1, timeout: 300 }] },
    });
    const before = await shop.refs();
    const release = await slipway.release('1.1.0');
    expect(await release.result()).toMatchObject({ outcome: 'stopped', failure: { code: 'APPROVAL_EXPIRED' } });
    expect(await shop.refs()).toEqual(before);
  });

  test('of a finished release is refused as not counted', async () => {
    await given();
    const release = await slipway.approved('1.1.0');
    await release.result();
    await expect(release.approve()).rejects.toThrow(/finished/);
  });

  test('is void when the plan has changed meanwhile', async () => {
    const { shop } = await given({
      environment: { approvals: [{ name: 'two', approvers: [], required: 2, timeout: 60_000 }] },
    });
    const release = await slipway.release('1.1.0');
    const first = await release.in('awaiting approval');
    await release.approve('ada');
    await shop.push('+refs/tags/v1.0.0:refs/tags/v1.0.0-rollback.1');
    await release.approve('grace');
    const second = await release.until(
      'another plan',
      ({ plan, phase }) => plan?.digest !== first.plan?.digest && phase === 'awaiting approval',
    );
    expect(second.approvals).toEqual([]);
    expect(second.timeline.some(({ text }) => text.includes('approvals are void'))).toBe(true);
    await release.approve('ada');
    await release.approve('grace');
    expect((await release.result()).outcome).toBe('finished');
  });
});

describe('the way back', () => {
  test('a version that only its smoke check finds broken is rolled back: pointers, proof, schema, data', async () => {
    const { shop } = await given();
    await (await slipway.approved('1.1.0')).result();
    const before = { data: await shop.dataFingerprint(), schema: await shop.schemaFingerprint(), live: shop.live() };
    const release = await slipway.approved('1.2.0');
    const result = await release.result();
    expect(result).toMatchObject({
      outcome: 'rolled back',
      failure: { code: 'CHECK_FAILED' },
      schemaDebt: [],
      drift: [],
    });
    expect(result.undone.map(({ step, how }) => [step, how])).toEqual([
      ['move:web', 'undone'],
      ['move:api', 'undone'],
      ['migrate:api', 'undone'],
    ]);
    expect({ data: await shop.dataFingerprint(), schema: await shop.schemaFingerprint(), live: shop.live() }).toEqual(
      before,
    );
    const { status } = await slipway.client.workflow.getHandle(release.id).describe();
    expect(status.name).toBe('FAILED');
    const order = (await release.state()).timeline.map(({ text }) => text);
    expect(order.findIndex((text) => text.startsWith('Prove'))).toBeLessThan(
      order.findIndex((text) => text.startsWith('Roll back the schema')),
    );
  });

  test('a release after a rollback goes on from what was restored', async () => {
    const { shop } = await given();
    await (await slipway.approved('1.1.0')).result();
    await (await slipway.approved('1.2.0')).result();
    expect(await (await slipway.approved('1.3.0')).result()).toMatchObject({ outcome: 'finished' });
    const commit = await shop.commitOf('1.3.0');
    expect(shop.live()).toEqual({ api: commit, web: commit });
  });

  test('a rejection before any change changes nothing at all', async () => {
    const { shop } = await given();
    const before = { refs: await shop.refs(), pushes: shop.pushes().length };
    const release = await slipway.release('1.1.0');
    await release.in('awaiting approval');
    await release.decide('reject', { by: 'grace', comment: 'not today' });
    expect(await release.result()).toMatchObject({
      outcome: 'rejected',
      failure: { message: 'grace rejected the release: not today.' },
    });
    expect({ refs: await shop.refs(), pushes: shop.pushes().length }).toEqual(before);
  });

  test.each([
    ['reject', 'grace'],
    ['rollback', 'mallory'],
  ] as const)('a %s after a change rolls back', async (kind, by) => {
    const { shop } = await given({ environment: { monitor: { window: 600_000, interval: 100 } } });
    const before = { schema: await shop.schemaFingerprint(), live: shop.live() };
    const release = await slipway.approved('1.1.0');
    await release.in('monitoring');
    await release.decide(kind, { by, comment: 'users complain' });
    await release.until(
      'the old version is being watched',
      ({ phase, checks }) => phase === 'proving' && checks.length > 0,
    );
    await release.decide('skipWait', { by: 'ada', comment: 'the old version is well' });
    expect(await release.result()).toMatchObject({ outcome: 'rolled back' });
    expect({ schema: await shop.schemaFingerprint(), live: shop.live() }).toEqual(before);
  });

  test("Temporal's own cancellation rolls back and ends as cancelled", async () => {
    const { shop } = await given({
      environment: { verify: { wait: 600_000, interval: 100, checks: [] }, monitor: { window: 0, interval: 1 } },
    });
    const before = { schema: await shop.schemaFingerprint(), live: shop.live() };
    const release = await slipway.approved('1.1.0');
    await release.in('verifying');
    await slipway.client.workflow.getHandle(release.id).cancel();
    expect(await release.result()).toMatchObject({
      outcome: 'cancelled',
      undone: [{ step: 'migrate:api', how: 'undone' }],
    });
    expect({ schema: await shop.schemaFingerprint(), live: shop.live() }).toEqual(before);
    const { status } = await slipway.client.workflow.getHandle(release.id).describe();
    expect(status.name).toBe('CANCELLED');
  });

  test('a pause that lasts too long rolls back', async () => {
    await given({ environment: { pauseLimit: 500, verify: { wait: 600_000, interval: 100, checks: [] } } });
    const release = await slipway.approved('1.1.0');
    await release.in('verifying');
    await release.decide('pause', { by: 'grace' });
    await release.decide('skipWait', { by: 'grace' });
    expect(await release.result()).toMatchObject({ outcome: 'rolled back', failure: { code: 'PAUSED_TOO_LONG' } });
  });
});

describe('the lock', () => {
  test('a second release waits, says for whom, and goes on when the first has ended', async () => {
    await given({ environment: { monitor: { window: 600_000, interval: 100 } } });
    const first = await slipway.approved('1.1.0');
    await first.in('monitoring');
    const second = await slipway.approved('1.3.0');
    const waiting = await second.until('it knows for whom it waits', ({ timeline }) =>
      timeline.some(({ text }) => text.includes(first.id)),
    );
    expect(waiting.phase).toBe('waiting for lock');
    await first.decide('skipWait', { by: 'grace' });
    expect((await first.result()).outcome).toBe('finished');
    await second.until('it looks again', ({ phase }) => phase !== 'waiting for lock');
  });

  test('a holder that is terminated loses it: what it had changed is put back before the next one gets it', async () => {
    await given({ environment: { verify: { wait: 600_000, interval: 100, checks: [] } } });
    const before = await slipway.shop.schemaFingerprint();
    const first = await slipway.approved('1.1.0');
    await first.in('verifying');
    const second = await slipway.approved('1.3.0');
    await second.in('waiting for lock');
    await slipway.client.workflow.getHandle(first.id).terminate('gone');
    const recovery = slipway.client.workflow.getHandle(recoveryWorkflowId(first.id));
    const { timeline, plan } = await second.until('it looks again', ({ phase }) => phase !== 'waiting for lock');
    expect(timeline.some(({ text }) => /lost the environment: .* Its recovery ended: rolled back/.test(text))).toBe(
      true,
    );
    expect(await recovery.result()).toMatchObject({ outcome: 'rolled back', drift: [] });
    expect(plan?.services[0]?.previous?.version).toBe('1.0.0');
    await second.decide('rollback', { by: 'ada', comment: 'enough' });
    await second.ended();
    expect(await slipway.shop.schemaFingerprint()).toBe(before);
    // Nor may a paused attempt of the dead one reach the database any more.
    const fences = await slipway.shop.query('select release_id from slipway.fence');
    expect(fences).toContainEqual({ release_id: expect.stringContaining(`${first.id}@`) as string });
  });

  test('one that is terminated before it changed anything is not recovered; a recovery that is, asks a person', async () => {
    await given({ environment: { verify: { wait: 600_000, interval: 100, checks: [] } } });
    const { client } = slipway;
    const first = await slipway.release('1.1.0');
    await first.in('awaiting approval');
    await first.decide('pause', { by: 'linus' });
    await first.approve();
    await first.until('it holds', ({ waitingFor }) => waitingFor?.what.includes('pause') ?? false);
    await client.workflow.getHandle(first.id).terminate('gone');
    const second = await slipway.approved('1.3.0');
    const { timeline } = await second.in('verifying');
    expect(timeline.some(({ text }) => text.includes('It had changed nothing.'))).toBe(true);

    const recoveryId = recoveryWorkflowId(second.id);
    const stop = { by: 'ada', reason: 'let me look', everything: true };
    const environment = client.workflow.getHandle(environmentWorkflowId(slipway.project.name, 'production'));
    await environment.executeUpdate(stopUpdate, { args: [stop] });
    await client.workflow.getHandle(second.id).terminate('gone');
    await eventually('its recovery is halted', async () =>
      (await slipway.environmentState()).holder?.releaseId === recoveryId ? true : undefined,
    );
    await client.workflow.getHandle(recoveryId).terminate('gone too');
    const { lost, holder } = await eventually('a person is asked', async () => {
      const state = await slipway.environmentState();
      return state.lost?.asks ? state : undefined;
    });
    expect({ lost, holder }).toMatchObject({ lost: { releaseId: second.id, recovery: null }, holder: null });
  });

  test('an environment whose workflow is terminated is started again by the release: it gets in, and its end is heard', async () => {
    await given({ environment: { verify: { wait: 600_000, interval: 100, checks: [] } } });
    const { client, project } = slipway;
    const environment = client.workflow.getHandle(environmentWorkflowId(project.name, 'production'));
    const release = await slipway.release('1.1.0');
    await release.in('awaiting approval');
    await environment.terminate('as people do');
    await release.approve();
    await release.in('verifying');
    expect(await slipway.environmentState()).toMatchObject({ holder: { releaseId: release.id } });

    await environment.terminate('once more');
    await release.decide('rollback', { by: 'ada', comment: 'not this one' });
    expect(await release.ended()).toMatchObject({ outcome: 'rolled back' });
    const { holder, holds, log } = await slipway.environmentState();
    expect({ holder, holds }).toMatchObject({ holder: null, holds: { '1.1.0': { releaseId: release.id } } });
    expect(log.filter(({ text }) => text.includes(`${release.id} ended`))).toHaveLength(1);
  });

  test('whoever terminates an environment’s workflow takes nothing away: stops, the queue and who holds it stay', async () => {
    await given({ environment: { verify: { wait: 600_000, interval: 100, checks: [] } } });
    const { client, project } = slipway;
    const environment = client.workflow.getHandle(environmentWorkflowId(project.name, 'production'));
    const first = await slipway.approved('1.1.0');
    await first.in('verifying');
    const second = await slipway.approved('1.2.0');
    await second.until('it waits for the first', ({ timeline }) =>
      timeline.some(({ text }) => text.includes(`is held by ${first.id}`)),
    );
    await environment.executeUpdate(stopUpdate, { args: [{ by: 'grace', reason: 'nobody forgets this', for: '1h' }] });
    const { log, stopsRevision = 0, ...known } = await slipway.environmentState();
    expect(known).toMatchObject({ stops: [{ by: 'grace' }], waiting: [{ releaseId: second.id }] });
    await environment.terminate('by mistake');
    const {
      log: newLog,
      stopsRevision: newer,
      ...now
    } = await environmentState(client, {
      project: project.name,
      environment: 'production',
    });
    expect(now).toEqual(known);
    expect(newer).toBeGreaterThan(stopsRevision);
    expect(newLog.slice(0, -1)).toEqual(log);
    expect(newLog.at(-1)?.text).toBe('this workflow was ended from outside, and goes on with what it knew');

    await first.decide('rollback', { by: 'ada', comment: 'enough' });
    expect(await first.result()).toMatchObject({ outcome: 'rolled back' });
    await environment.executeUpdate(liftStopUpdate, { args: [{ by: 'grace', reason: 'over' }] });
    await second.until('its turn has come', ({ timeline }) => timeline.some(({ text }) => text === 'looking again'));
  });

  test('what people sent an environment while nobody worked is judged in the order in which it came', async () => {
    await given();
    const { client, project } = slipway;
    const place = { project: project.name, environment: 'production' };
    const known = await environmentState(client, place);
    await slipway.stopWorker();
    const { workflowId, ...start } = environmentStart(place.project, place.environment);
    const say = (signal: string, payload: object) =>
      client.workflow.signalWithStart('environment', { workflowId, ...start, signal, signalArgs: [payload] });
    // One that never worked has nothing to tell, and the one before it is asked.
    for (let n = 0; n < 2; n++) {
      await client.workflow.getHandle(workflowId).terminate('by mistake');
      await say('nonsense', {});
    }
    await say('stop', { by: 'grace', reason: 'one' });
    await say('freeze', { by: 'grace', reason: 'a', for: '1h' });
    await say('liftStop', { by: 'grace', reason: 'over' });
    await say('stop', { by: 'grace', reason: 'two' });
    await slipway.restartWorker();
    const { stops = [], log } = await environmentState(client, place);
    expect(stops.map(({ reason }) => reason)).toEqual(['two']);
    expect(log.slice(known.log.length).map(({ text }) => text)).toEqual([
      'ignored an unknown message: nonsense',
      expect.stringMatching(/goes on with what it knew/),
      expect.stringMatching(/^EMERGENCY STOP: s1 by grace .*: one$/),
      expect.stringMatching(/^grace announced freeze f1/),
      'grace lifted s1: over',
      expect.stringMatching(/^EMERGENCY STOP: s2 by grace .*: two$/),
    ]);
  });

  test('the same version is not released twice at the same time', async () => {
    await given();
    const first = await slipway.release('1.1.0');
    await expect(slipway.release('1.1.0')).rejects.toMatchObject({
      code: 'RELEASE_RUNNING',
      details: { id: first.id },
    });
    await first.decide('reject', { by: 'linus' });
    await first.result();
    expect((await slipway.release('1.1.0')).id).toMatch(/1\.1\.0\/2$/);
  });
});
