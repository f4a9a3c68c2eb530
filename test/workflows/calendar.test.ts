/** Freezes, windows and scheduled releases, one after the other on one shop. */
import { randomUUID } from 'node:crypto';
import { requestRelease } from '../../client';
import { environmentWorkflowId } from '../../release/identity';
import type { Environment } from '../../release/project';
import { freezeUpdate, unfreezeUpdate, type ReleaseInput } from '../../workflows/messages';
import { eventually } from '../support/eventually';
import { holdPush, verifyForLong, type OldVersion } from '../support/held';
import { startSlipway, underTest, type ReleaseUnderTest, type Slipway } from '../support/slipway';

const hour = 3_600_000;
const calendar = { zone: 'Europe/Berlin', windows: [], freezes: [], allowance: 0, patience: hour };
let slipway: Slipway;
let oldVersion: OldVersion;

beforeAll(async () => {
  slipway = await startSlipway({ environment: { calendar } });
  oldVersion = await verifyForLong(slipway.project);
}, 120_000);
afterAll(async () => {
  await slipway?.stop();
  oldVersion?.close();
});

const environment = () => slipway.client.workflow.getHandle(environmentWorkflowId(slipway.project.name, 'production'));
const freeze = (payload: unknown) => environment().executeUpdate(freezeUpdate, { args: [payload] });
const unfreeze = (id: string) =>
  environment().executeUpdate(unfreezeUpdate, { args: [{ id, by: 'ada', reason: 'over' }] });
const frozen = async (reason: string, length = '2h') => (await freeze({ by: 'grace', reason, for: length })).id;

async function request(
  version: string,
  change: Partial<ReleaseInput> = {},
  rules: Partial<Environment> = {},
): Promise<ReleaseUnderTest> {
  const { project, client } = slipway;
  const production = { ...project.environments['production']!, ...rules };
  const input = { environment: 'production', version, commit: null, requestedBy: 'linus', ...change };
  const asked = { ...input, project: { ...project, environments: { production } }, requestId: randomUUID() };
  return underTest(client, (await requestRelease(client, asked, 30_000)).releaseId);
}

async function approved(...order: Parameters<typeof request>): Promise<ReleaseUnderTest> {
  const release = await request(...order);
  await release.in('awaiting approval');
  await release.approve();
  return release;
}

const noted = (release: ReleaseUnderTest, text: string) =>
  release.until(`it notes ${text}`, ({ timeline }) => timeline.some((entry) => entry.text.includes(text)));

test('a release that was asked for later is approved now, changes nothing, holds nobody, and can still be rejected', async () => {
  const before = await slipway.shop.refs();
  const at = new Date(Date.now() + hour).toISOString();
  const release = await approved('1.1.0', { start: { at, whenOpen: false } });
  const {
    waitingFor,
    gates,
    calendar: verdict,
  } = await release.until('it waits', (state) => state.waitingFor !== null && state.phase === 'waiting for window');
  expect(gates.find(({ id }) => id === 'calendar')).toMatchObject({ hard: false, verdict: 'failed' });
  expect(verdict).toMatchObject({ verdict: 'closed', opensAt: at, closedBy: [{ rule: 'at' }] });
  expect(waitingFor).toMatchObject({ until: at, send: ['override', 'reject'] });
  expect((await slipway.environmentState()).holder).toBeNull();
  await release.decide('reject', { by: 'ada', comment: 'another day' });
  expect(await release.result()).toMatchObject({ outcome: 'rejected' });
  expect(await slipway.shop.refs()).toEqual(before);
});

test('one that may not wait any longer ends, with nothing changed', async () => {
  const last = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  const closed = { kind: 'dates' as const, from: last, to: '2099-01-01', reason: 'sold' };
  const release = await approved('1.1.0', {}, { calendar: { ...calendar, freezes: [closed], patience: 300 } });
  expect(await release.result()).toMatchObject({
    outcome: 'stopped',
    failure: { code: 'CALENDAR_CLOSED', message: expect.stringMatching(/sold \(.*\) \[freezes\[0\]\]/) as unknown },
  });
});

test('a freeze holds a release before its migration and before its first move, where the checks go on, not between moves', async () => {
  const { shop } = slipway;
  const release = await request('1.1.0');
  await release.in('awaiting approval');
  const before = await shop.schemaFingerprint();
  await release.decide('pause', { by: 'linus' });
  await release.approve();
  await release.until(
    'it holds the lock, and has changed nothing',
    ({ waitingFor }) => waitingFor?.what.includes('pause') ?? false,
  );
  expect((await slipway.environmentState()).holder).toMatchObject({ releaseId: release.id });
  const first = await frozen('incident 42');
  await noted(release, 'incident 42');
  await release.decide('resume', { by: 'linus' });
  const held = await release.until(
    'it waits',
    (state) => state.phase === 'waiting for window' && state.waitingFor !== null,
  );
  expect(held.calendar?.detail).toMatch(/incident 42, says grace \[freeze f1\]; opens at /);
  await slipway.client.workflow.getHandle(release.id).signal('freezes', { freezes: 'none' });
  await noted(release, 'ignored a list of freezes that the environment did not send');
  expect((await slipway.environmentState()).holder).toBeNull();
  expect(await shop.schemaFingerprint()).toBe(before);
  expect(await unfreeze(first)).toMatchObject({ accepted: true });

  await release.in('verifying');
  const second = await frozen('the boss is on stage');
  await noted(release, 'the boss is on stage');
  await release.decide('skipWait', { by: 'grace' });
  await release.in('waiting for window');
  expect((await slipway.environmentState()).holder).toMatchObject({ releaseId: release.id });
  const seen = oldVersion.looks();
  await eventually('the verify checks go on', async () => (oldVersion.looks() > seen + 1 ? true : undefined));
  // What anybody sends in the environment's name takes no freeze away: it is asked again before the change.
  await slipway.client.workflow.getHandle(release.id).signal('freezes', { freezes: [] });
  await release.until('it waits again', ({ calendar, timeline, waitingFor }) => {
    const ended = timeline.findLastIndex(({ text }) => text === 'freeze f2 has ended');
    const isTold = timeline.slice(ended).some(({ text }) => text.includes('the boss is on stage'));
    return ended >= 0 && isTold && waitingFor !== null && calendar?.verdict === 'closed';
  });
  expect(await shop.refs()).not.toHaveProperty(['refs/tags/v1.1.0']);

  const letGo = holdPush(slipway.shop.remote, 'refs/tags/v1.1.0');
  await unfreeze(second);
  await release.in('moving');
  await frozen('too late');
  await noted(release, 'too late');
  letGo();
  expect(await release.result()).toMatchObject({ outcome: 'finished' });
  const { timeline } = await release.state();
  expect(timeline.filter(({ kind, text }) => kind === 'phase' && text === 'waiting for window')).toHaveLength(2);
});

test('an override lets one release pass what was known, said loudly; a later freeze holds it until it ends by itself', async () => {
  const release = await request('1.3.0', {}, { verify: { wait: 600_000, interval: 100, checks: [] } });
  await release.in('awaiting approval');
  await release.approve();
  await release.in('waiting for window');
  await expect(release.decide('override', { by: 'ada', guard: 'calendar' })).rejects.toThrow(/"reason" is missing/);
  await expect(release.decide('override', { by: 'ada', comment: 'x' })).rejects.toThrow(/"guard" is missing/);
  await expect(release.decide('override', { by: 'ada', guard: 'trunk', comment: 'x' })).rejects.toThrow(
    /no soft guard/,
  );
  await expect(release.decide('override', { by: 'eve', guard: 'calendar', comment: 'x' })).rejects.toThrow(
    /no approver|may not override/,
  );
  await release.decide('override', { by: 'ada', guard: 'calendar', comment: 'payments are down' });
  await release.in('verifying');
  const { id } = await freeze({ by: 'grace', reason: 'wait for me', for: '4s' });
  await noted(release, 'wait for me');
  await release.decide('skipWait', { by: 'grace' });
  await release.in('waiting for window');
  const result = await release.result();
  expect(result).toMatchObject({
    outcome: 'finished',
    overrides: [{ guard: 'calendar', by: 'ada', reason: 'payments are down' }],
  });
  expect(result.overrides?.[0]?.freezes).not.toContain(id);
  const { timeline } = await release.state();
  expect(timeline.some(({ text }) => text === 'OVERRIDDEN: calendar, by ada: payments are down')).toBe(true);
});

test('the environment keeps its freezes, and forgets rubbish', async () => {
  const first = await freeze({ by: 'grace', reason: 'x', for: '1h', id: 'same' });
  expect(first).toMatchObject({ accepted: true });
  const before = (await slipway.environmentState()).freezes;
  expect(await freeze({ by: 'grace', reason: 'x', for: '1h', id: 'same' })).toEqual(first);
  expect((await slipway.environmentState()).freezes).toEqual(before);
  for (const rubbish of [null, 'x', {}, { by: 'ada', for: '1h' }]) {
    expect(await freeze(rubbish)).toMatchObject({ accepted: false });
  }
  await environment().signal('unfreeze', 7);
  expect(await unfreeze('f99')).toMatchObject({
    accepted: false,
    detail: expect.stringMatching(/no freeze f99/) as unknown,
  });
  const { freezes = [], log } = await slipway.environmentState();
  expect(freezes.map(({ reason }) => reason)).toEqual(['too late', 'x']);
  expect(log.some(({ text }) => text.startsWith('ignored a word, freeze'))).toBe(true);
  expect(log.some(({ text }) => /^freeze f\d+ is over$/.test(text))).toBe(true);
});
