/** Production moved by hand, on the first day or between releases: seen, said, held, and settled. */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { askEnvironment, requestRelease } from '../../client';
import { requestRestore } from '../../client/request-rollback';
import { lookAtEnvironment } from '../../client/watch-environment';
import { driftsOf } from '../../release/drift';
import { adoptSignal, type AdoptRequest } from '../../workflows/messages';
import { watchInput, watchScheduleId } from '../../workflows/watch-schedule';
import { containing } from '../client/matchers';
import { eventually } from '../support/eventually';
import { startSlipway, underTest, type Slipway } from '../support/slipway';

let slipway: Slipway;

beforeAll(async () => {
  slipway = await startSlipway();
});
afterAll(() => slipway.stop());

async function look(times = 1) {
  let last: Awaited<ReturnType<typeof lookAtEnvironment>> | undefined;
  for (let n = 0; n < times; n++) last = await lookAtEnvironment(slipway.client, slipway.project, 'production');
  return last!;
}

const drifts = async (times = 1) => driftsOf((await look(times)).state.watch).map(([service]) => service);

function adopt(change: Partial<AdoptRequest> = {}) {
  const { project } = watchInput(slipway.project, 'production')!;
  const payload = { requestId: randomUUID(), by: 'ada', reason: 'it is meant to be so', project, ...change };
  const place = { project: project.name, environment: 'production' };
  return askEnvironment(slipway.client, { place, signal: adoptSignal, payload, what: 'the adoption' }, 30_000);
}

async function live() {
  const { live: services } = await slipway.environmentState();
  return Object.fromEntries(
    Object.entries(services).map(([name, { version, releaseId }]) => [name, [version, releaseId]]),
  );
}

/** Waits until the host has deployed what a pointer names. */
const deployed = (service: string, commit: string) =>
  eventually(`${service} runs ${commit}`, async () => slipway.shop.live()[service] === commit || undefined);

test('where somebody else deploys it is noted what was live and healthy, and no release may be asked for', async () => {
  const production = { ...slipway.project.environments['production']!, observed: true };
  const project = { ...slipway.project, environments: { production } };
  await lookAtEnvironment(slipway.client, project, 'production');
  const { look: second, state } = await lookAtEnvironment(slipway.client, project, 'production');
  const [from, until] = ['from', 'until'].map(() => expect.any(String) as string);
  const commit = await slipway.shop.commitOf('1.0.0');
  expect(second.services).toMatchObject([{ step: null, health: { verdict: 'passed' } }, { step: null }]);
  for (const service of ['api', 'web'])
    expect(state.watch?.services[service]?.seen).toEqual([{ commit, version: '1.0.0', from, until }]);
  const order = { project, environment: 'production', version: '1.1.0', commit: null, requestedBy: 'linus' };
  const request = requestRelease(slipway.client, { ...order, requestId: randomUUID() }, 30_000);
  await expect(request).rejects.toMatchObject({ code: 'ENVIRONMENT_OBSERVED' });
});

test('what was there before Slipway is no drift, and is adopted by who may', async () => {
  const { look: first } = await look();
  expect(first.services.map(({ service, step, runs }) => [service, step, runs?.version])).toEqual([
    ['api', null, '1.0.0'],
    ['web', null, '1.0.0'],
  ]);
  await expect(adopt({ by: 'mallory' })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  await expect(adopt({ reason: '' })).rejects.toThrow('people will ask why');
  await expect(adopt()).resolves.toEqual({ done: containing('api 1.0.0, web 1.0.0') });
  expect(await live()).toEqual({ api: ['1.0.0', 'adopted by ada'], web: ['1.0.0', 'adopted by ada'] });
  expect((await look(2)).look.services.map(({ step }) => step?.verdict)).toEqual(['passed', 'passed']);
});

test('a branch moved by hand is drift once it was seen twice; it holds the queue until it is put back', async () => {
  const [old, other] = [await slipway.shop.commitOf('1.0.0'), await slipway.shop.commitOf('1.1.0')];
  await slipway.shop.push(`${other}:refs/heads/production`);
  await deployed('web', other);
  expect(await drifts()).toEqual([]);
  expect(await drifts()).toEqual(['web']);
  const { log, watch } = await slipway.environmentState();
  expect(log.at(-1)?.text).toContain('drift: web: it runs 1.1.0');
  expect(watch?.services['web']?.drift?.byHand).toEqual([
    containing(`--force-with-lease=refs/heads/production:${other}`),
  ]);

  const release = await slipway.approved('1.1.0');
  await release.until('it waits behind the drift', ({ timeline }) =>
    timeline.some(({ text }) => text.includes('gets production now: drift (web: it runs 1.1.0')),
  );
  expect((await slipway.environmentState()).holder).toBeNull();
  await slipway.shop.push(`+${old}:refs/heads/production`);
  await deployed('web', old);
  expect(await drifts()).toEqual(['web']);
  expect(await drifts()).toEqual([]);
  // What was approved was a way from what had drifted: it is another plan now.
  await release.in('awaiting approval');
  await release.approve();
  expect(await release.result()).toMatchObject({ outcome: 'finished', failure: null });
  expect(await live()).toEqual({ api: ['1.1.0', release.id], web: ['1.1.0', release.id] });
});

test('what was moved by hand is put back on a word, as a rollback does it, and the queue goes on', async () => {
  const [old, left] = [await slipway.shop.commitOf('1.0.0'), await slipway.shop.commitOf('1.1.0')];
  const before = await slipway.environmentState();
  const restore = (by: string) =>
    requestRestore(
      slipway.client,
      { project: slipway.project, environment: 'production', reason: 'nobody knows why', by },
      30_000,
    );
  expect(await drifts(2)).toEqual([]);
  expect(await restore('linus')).toEqual({ how: 'nothing', words: containing('in step already') });

  await slipway.shop.push(`+${old}:refs/heads/production`);
  await deployed('web', old);
  expect(await drifts(2)).toEqual(['web']);
  const waiting = await slipway.approved('1.3.0');
  await waiting.until('it waits behind the drift', ({ timeline }) =>
    timeline.some(({ text }) => text.includes('gets production now: drift (web: it runs 1.0.0')),
  );
  const answers = await Promise.all([restore('linus'), restore('grace')]);
  expect(answers.map(({ how }) => how).sort()).toEqual(['joined', 'started']);
  const [answer] = answers;
  const release = underTest(slipway.client, answer.how === 'nothing' ? '' : answer.releaseId);
  expect(await release.result()).toMatchObject({
    outcome: 'finished',
    services: [{ service: 'web', how: 'released', commit: left }],
  });
  expect(await slipway.shop.resolve('refs/heads/production')).toBe(left);
  expect(slipway.shop.live()['web']).toBe(left);
  // It has another way before it than the one that was approved, so it gets the environment and asks again.
  await waiting.in('awaiting approval');
  const { live: now, holds, watch } = await slipway.environmentState();
  expect(now).toEqual({ ...before.live, web: { ...before.live['web'], restoredAt: expect.any(String) as string } });
  expect(holds).toEqual(before.holds);
  expect(driftsOf(watch)).toEqual([]);
  await waiting.decide('reject', { by: 'linus' });
  await waiting.result();
  expect(await drifts(2)).toEqual([]);
});

test('what a release is doing is no drift: nobody looks meanwhile, and somebody does from then on', async () => {
  const project = {
    ...slipway.project,
    environments: {
      production: {
        ...slipway.project.environments['production']!,
        monitor: { window: 600_000, interval: 100 },
        drift: { every: 3_600_000 },
      },
    },
  };
  const request = { project, environment: 'production', version: '1.3.0', commit: null, requestedBy: 'linus' };
  const { releaseId } = await requestRelease(slipway.client, { ...request, requestId: randomUUID() }, 30_000);
  const release = underTest(slipway.client, releaseId);
  await release.in('awaiting approval');
  await release.approve();
  await release.in('monitoring');
  expect((await look(3)).look).toMatchObject({ isTold: false, heldBy: releaseId });
  await expect(adopt()).rejects.toMatchObject({ code: 'ENVIRONMENT_HELD' });
  await release.decide('skipWait', { by: 'ada' });
  await release.result();
  expect(await drifts(2)).toEqual([]);
  const schedule = slipway.client.schedule.getHandle(watchScheduleId(slipway.project.name, 'production'));
  const { spec, action } = await eventually('the schedule', () => schedule.describe().catch(() => undefined));
  expect(spec.intervals).toEqual([expect.objectContaining({ every: 3_600_000 })]);
  expect(action).toMatchObject({ workflowType: 'watchEnvironment', taskQueue: slipway.taskQueue });
});

/** A tag that a person makes, on a new commit of theirs. */
async function tagByHand(name: string): Promise<string> {
  const commit = await slipway.shop.commit({ author: 'linus', subject: name, files: { 'README.md': name } });
  const person = ['-c', 'user.name=Linus', '-c', 'user.email=l@example.org'];
  const date = { GIT_COMMITTER_DATE: new Date(Date.now() + 5_000).toISOString() };
  execFileSync('git', [...person, 'tag', '-a', '-m', 'by hand', name, commit], {
    cwd: slipway.shop.remote,
    env: { ...process.env, ...date },
  });
  return commit;
}

test('a tag that no release made is drift, and is settled by adopting it', async () => {
  await tagByHand('v1.9.0');
  expect(await drifts(2)).toEqual(['api']);
  expect((await slipway.environmentState()).watch?.services['api']?.drift?.detail).toContain('tag v1.9.0');
  await expect(adopt()).resolves.toMatchObject({ done: containing('api 1.9.0') });
  expect(await drifts(2)).toEqual([]);
});

test('a host that ignores the tag of what is put back: it ends as it was found, drifted, and the environment is free', async () => {
  const { shop, project, client } = slipway;
  const moved = await tagByHand('v1.9.1');
  await shop.push('refs/tags/v1.9.1:refs/tags/v1.9.1');
  await deployed('api', moved);
  expect(await drifts(2)).toEqual(['api']);
  const before = await slipway.environmentState();
  const { api, ...others } = project.services;
  const impatient = { ...project, services: { api: { ...api!, live: { ...api!.live, patience: 1_000 } }, ...others } };
  shop.hosting.set({ held: true }, 'api');
  const order = { project: impatient, environment: 'production', reason: 'nobody knows why', by: 'linus' };
  const answer = await requestRestore(client, order, 30_000);
  const release = underTest(client, answer.how === 'nothing' ? '' : answer.releaseId);
  expect(await release.result()).toMatchObject({
    outcome: 'rolled back',
    failure: { code: 'NOT_LIVE', message: containing('api was not seen live with'), todo: containing('host') },
    drift: [],
  });
  shop.hosting.set({ held: false }, 'api');
  const { holder, live: now, holds, queue } = await slipway.environmentState();
  expect({ holder, now, holds, queue }).toEqual({ holder: null, now: before.live, holds: before.holds, queue: [] });
  expect(shop.live()['api']).toBe(moved);
  expect(await drifts(2)).toEqual(['api']);
  await adopt();
});

test('a host that does not answer is no drift: it could not be told, and nothing is adopted', async () => {
  const services = Object.fromEntries(
    Object.entries(slipway.project.services).map(([name, service]) => [
      name,
      { ...service, live: { ...service.live, url: 'http://127.0.0.1:1/' } },
    ]),
  );
  const silent = { ...slipway.project, services };
  let last: Awaited<ReturnType<typeof lookAtEnvironment>> | undefined;
  for (let n = 0; n < 3; n++) last = await lookAtEnvironment(slipway.client, silent, 'production');
  expect(last!.look.services.map(({ step }) => step?.verdict)).toEqual(['unknown', 'unknown']);
  expect(driftsOf(last!.state.watch)).toEqual([]);
  expect(last!.state.log.at(-1)?.text).toContain('could not be told since');
  await expect(adopt({ project: watchInput(silent, 'production')!.project })).rejects.toMatchObject({
    code: 'ADOPT_UNKNOWN',
  });
});

test('after Temporal was lost the ledger says how what runs came there', async () => {
  const before = await live();
  const handle = slipway.client.workflow.getHandle(`environment/${slipway.project.name}/production`);
  await handle.terminate('Temporal was lost');
  await adopt();
  expect(await live()).toEqual(before);
});

test('somebody has the environment looked at by other rules from then on; off ends that', async () => {
  const id = watchScheduleId(slipway.project.name, 'production');
  const schedule = slipway.client.schedule.getHandle(id);
  const withDrift = (drift: { readonly every: number } | null) => {
    const production = { ...slipway.project.environments['production']!, drift };
    return { ...slipway.project, environments: { production } };
  };
  await lookAtEnvironment(slipway.client, withDrift({ every: 7_200_000 }), 'production', { keep: true });
  expect((await schedule.describe()).spec.intervals).toEqual([expect.objectContaining({ every: 7_200_000 })]);
  await lookAtEnvironment(slipway.client, withDrift(null), 'production', { keep: true });
  await expect(schedule.describe()).rejects.toThrow(/not found/i);
});
