/** Hotfixes and redeploys, one after the other on one shop. */
import { randomUUID } from 'node:crypto';
import { requestRelease } from '../../client';
import { defaultMay } from '../../release/acts';
import type { Environment } from '../../release/project';
import type { ReleaseRequest } from '../../workflows/messages';
import { containing } from '../client/matchers';
import { eventually } from '../support/eventually';
import { startSlipway, underTest, type ReleaseUnderTest, type Slipway } from '../support/slipway';

let slipway: Slipway;

beforeAll(async () => {
  slipway = await startSlipway({ environment: { monitor: { window: 600_000, interval: 200 } } });
}, 120_000);
afterAll(() => slipway?.stop());

const approvals = [
  { name: 'team', approvers: ['ada', 'grace'], required: 2, timeout: 60_000 },
  { name: 'on-call', approvers: ['ada'], required: 1, timeout: 60_000 },
];
const mayDo = (who: string) => ({ ...defaultMay, skipWait: [who] });

async function ask(
  version: string,
  more: Partial<ReleaseRequest> = {},
  rules: Partial<Environment> = {},
): Promise<ReleaseUnderTest> {
  const production = { ...slipway.project.environments['production']!, ...rules };
  const input = { environment: 'production', version, commit: null, requestedBy: 'linus', requestId: randomUUID() };
  const project = { ...slipway.project, environments: { production } };
  return underTest(
    slipway.client,
    (await requestRelease(slipway.client, { ...input, project, ...more }, 30_000)).releaseId,
  );
}

const settled = () =>
  eventually('nothing is under way', async () => {
    const state = await slipway.environmentState();
    return state.queue.length === 0 ? state : undefined;
  });

test('a hotfix goes first, by its own approvals and windows, and ends the monitoring window that is in its way', async () => {
  const holder = await ask('1.1.0');
  await holder.in('awaiting approval');
  await holder.approve();
  await holder.in('monitoring');
  const other = await ask('1.2.0');
  const rules: Partial<Environment> = {
    approvals,
    hotfix: { approvals: ['on-call'], monitor: 0 },
    may: mayDo('anyone'),
  };
  const hotfix = await ask('1.3.0', { kind: 'hotfix', endWaits: 'nobody can log in' }, rules);
  const { plan, gates } = await hotfix.in('awaiting approval');
  expect(plan?.kind).toBe('hotfix');
  expect(plan?.approvals.map(({ name }) => name)).toEqual(['on-call']);
  expect(plan?.steps.some(({ id }) => id === 'monitor')).toBe(false);
  expect(gates.some(({ id }) => id.startsWith('healthy'))).toBe(false);
  expect((await slipway.environmentState()).queue.map(({ releaseId }) => releaseId)).toEqual([
    hotfix.id,
    holder.id,
    other.id,
  ]);
  await hotfix.approve();
  expect(await holder.result()).toMatchObject({ outcome: 'finished' });
  expect((await holder.state()).timeline.map(({ text }) => text)).toContainEqual(
    `its waits end early, for the hotfix ${hotfix.id} (linus: “nobody can log in”)`,
  );
  const { timeline } = await hotfix.state();
  expect(timeline.map(({ text }) => text)).toContainEqual(
    `${holder.id} was told to end its waits early: “nobody can log in”`,
  );
  // What the holder left voids the approval of what was seen before.
  await hotfix.until(
    'it waits again, or goes on',
    ({ phase }) => !['waiting for lock', 'looking again'].includes(phase),
  );
  if ((await hotfix.state()).phase === 'awaiting approval') await hotfix.approve();
  expect(await hotfix.result()).toMatchObject({ outcome: 'finished' });
  await other.decide('reject', { by: 'linus' });
  await other.result();
});

test('who may not skip waits may not end those of others', async () => {
  const rules = { may: mayDo('ada') };
  await expect(ask('1.3.0', { kind: 'hotfix', endWaits: 'x' }, rules)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  await expect(ask('1.3.0', { kind: 'rollback' })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
});

test('what runs is deployed once more: a new tag on the same commit; a branch needs a command, and says so', async () => {
  const { shop, project } = slipway;
  await settled();
  const rules = { monitor: { window: 0, interval: 100 } };
  await expect(ask('1.1.0', { kind: 'redeploy' })).rejects.toMatchObject({
    code: 'REDEPLOY_UNKNOWN',
    message: containing('1.3.0 runs, not 1.1.0'),
  });
  const refused = await ask('1.3.0', { kind: 'redeploy' }, rules);
  expect(await refused.result()).toMatchObject({
    outcome: 'stopped',
    failure: { code: 'GATES_CLOSED', message: containing('nothing starts a build where branch production stays') },
  });
  const { web, ...services } = project.services;
  expect(web).toBeDefined();
  const redeploy = await ask('1.3.0', {
    kind: 'redeploy',
    project: {
      ...project,
      services,
      environments: { production: { ...project.environments['production']!, ...rules } },
    },
  });
  await redeploy.in('awaiting approval');
  const before = shop.hosting.live('api').build;
  await redeploy.approve();
  expect(await redeploy.result()).toMatchObject({ outcome: 'finished' });
  expect(await shop.resolve('refs/tags/v1.3.0-redeploy.1')).toBe(await shop.commitOf('1.3.0'));
  expect(shop.hosting.live('api').build).not.toBe(before);
  const { live } = await settled();
  expect(live['api']).toMatchObject({ version: '1.3.0', releaseId: redeploy.id, previous: { version: '1.1.0' } });
});
