/** The emergency stop, at every place where it can meet a release, one after the other on one shop. */
import { environmentWorkflowId } from '../../release/identity';
import { liftStopUpdate, stopUpdate } from '../../workflows/messages';

import { eventually } from '../support/eventually';
import { holdPush, verifyForLong, type OldVersion } from '../support/held';
import { startSlipway, type ReleaseUnderTest, type Slipway } from '../support/slipway';

let slipway: Slipway;
let oldVersion: OldVersion;

beforeAll(async () => {
  slipway = await startSlipway();
  oldVersion = await verifyForLong(slipway.project);
}, 120_000);
afterAll(async () => {
  await slipway?.stop();
  oldVersion?.close();
});

const environment = () => slipway.client.workflow.getHandle(environmentWorkflowId(slipway.project.name, 'production'));
const stop = (payload: unknown) => environment().executeUpdate(stopUpdate, { args: [payload] });
const lift = (payload: unknown = { by: 'grace', reason: 'over' }) =>
  environment().executeUpdate(liftStopUpdate, { args: [payload] });
const stopped = async (reason: string, more: object = {}) => (await stop({ by: 'grace', reason, ...more })).id;

/** Every ref but the fence. */
const pointers = async () =>
  Object.entries(await slipway.shop.refs()).filter(([name]) => !name.startsWith('refs/slipway/'));

const isHeld = ({ waitingFor }: Awaited<ReturnType<ReleaseUnderTest['state']>>) =>
  waitingFor?.what.includes('emergency stop') ?? false;

test('a stop that was sent while no worker lived is obeyed before the next change, and at its limit what was changed is put back', async () => {
  const release = await slipway.approved('1.1.0');
  await release.in('verifying');
  const refs = await pointers();
  await slipway.stopWorker();
  const { client } = slipway;
  // The release could go on at once, and its task is there first.
  await client.workflow.getHandle(release.id).signal('skipWait', { by: 'ada' });
  await environment().signal('stop', { by: 'grace', reason: 'nobody lives', for: '2s' });
  await slipway.restartWorker();
  // On a busy machine the limit is over before anybody sees that it is held.
  expect(await release.result()).toMatchObject({ outcome: 'rolled back', failure: { code: 'STOP_NOT_LIFTED' } });
  const moves = (await release.state()).steps.filter(({ id }) => id.startsWith('move:'));
  expect(moves.map(({ startedAt }) => startedAt)).toEqual([null, null]);
  expect(await pointers()).toEqual(refs);
  expect((await slipway.environmentState()).stops).toHaveLength(1);
  await lift();
});

test('a stop of everything halts a way back too, until it is lifted or its limit comes; only who may says so', async () => {
  const { shop } = slipway;
  const release = await slipway.approved('1.1.0', { again: 'it was stopped' });
  await release.in('verifying');
  const letGo = holdPush(slipway.shop.remote, 'refs/tags/v1.1.0');
  await release.decide('skipWait', { by: 'ada' });
  await release.in('moving');
  expect(await stop({ by: 'eve', reason: 'x', everything: true })).toMatchObject({
    accepted: false,
    detail: expect.stringMatching(
      /eve may not halt ways back too, or lift that in production; these may: ada/,
    ) as string,
  });
  const all = await stop({ by: 'ada', reason: 'the old version is worse', everything: true });
  expect(all).toMatchObject({ accepted: true });
  letGo();
  await release.until('it is held', isHeld);
  await release.decide('rollback', { by: 'linus', comment: 'go back' });
  await release.until('its way back is halted', ({ phase, timeline }) => {
    return phase === 'rolling back' && timeline.some(({ text }) => text.startsWith('the way back is halted'));
  });
  expect(await shop.refs()).toHaveProperty(['refs/tags/v1.1.0']);
  expect(await lift({ by: 'eve', reason: 'x' })).toMatchObject({ accepted: false });
  const second = await stop({ by: 'ada', reason: 'a moment', everything: true, for: '1s' });
  expect(await lift({ by: 'ada', reason: 'x', stop: all.id })).toMatchObject({ accepted: true });
  expect(await release.result()).toMatchObject({ outcome: 'rolled back' });
  const { timeline } = await release.state();
  expect(timeline.some(({ text }) => text === 'the way back goes on')).toBe(true);
  expect((await slipway.environmentState()).stops?.map(({ id }) => id)).toEqual([second.id]);
});

test('a stop holds a release before it gets the lock, before its first move where checks go on, and between two moves', async () => {
  const { shop } = slipway;
  await lift({ by: 'ada', reason: 'over' });
  const before = await shop.schemaFingerprint();
  const release = await slipway.release('1.3.0');
  await release.in('awaiting approval');
  const first = await stopped('orders are lost');
  await release.until('it is told', ({ stops = [] }) => stops.some(({ id }) => id === first));
  await release.approve();
  const outside = await release.until('it is held', isHeld);
  expect(outside.waitingFor).toMatchObject({ until: null, send: ['reject'] });
  expect((await slipway.environmentState()).holder).toBeNull();
  expect(await shop.schemaFingerprint()).toBe(before);
  expect(await lift()).toMatchObject({ accepted: true, id: first });

  await release.in('verifying');
  const refs = await shop.refs();
  await stopped('wait', { for: '1h' });
  await release.decide('skipWait', { by: 'ada' });
  const held = await release.until('it is held', isHeld);
  expect(held.waitingFor?.send).toEqual(['rollback']);
  expect((await slipway.environmentState()).holder).toMatchObject({ releaseId: release.id });
  const seen = oldVersion.looks();
  await eventually('the verify checks go on', async () => (oldVersion.looks() > seen + 1 ? true : undefined));
  expect(await shop.refs()).toEqual(refs);

  const letGo = holdPush(slipway.shop.remote, 'refs/tags/v1.3.0');
  await lift();
  await release.in('moving');
  await stopped('now');
  letGo();
  await release.until('it is held between two moves', isHeld);
  const between = await shop.refs();
  expect(between).toHaveProperty(['refs/tags/v1.3.0']);
  expect(between['refs/heads/production']).toBe(refs['refs/heads/production']);
  // What anybody sends in the environment's name lifts nothing: it is asked again before the change.
  const said = (await release.state()).timeline.length;
  await slipway.client.workflow.getHandle(release.id).signal('stops', { stops: [], revision: Date.now() + 30_000 });
  await release.until('it is held again', (state) => {
    const since = state.timeline.slice(said);
    const lifted = since.findIndex(({ text }) => text.endsWith('is lifted'));
    const again = since.findLastIndex(({ text }) => text.startsWith('EMERGENCY STOP'));
    return lifted >= 0 && again > lifted && isHeld(state);
  });
  expect(await shop.refs()).toEqual(between);
  const ages = Date.now() + 3_600_000;
  await slipway.client.workflow.getHandle(release.id).signal('stops', { stops: [], revision: ages });
  await release.until('it ignores what the environment did not send', ({ timeline }) =>
    timeline.some(({ text }) => text.startsWith('ignored a list of emergency stops')),
  );
  await lift();
  expect(await release.result()).toMatchObject({ outcome: 'finished' });
});

test('one that is sent again is the same, and rubbish is noted', async () => {
  const once = await stop({ by: 'grace', reason: 'x', id: 'same' });
  expect(await stop({ by: 'grace', reason: 'x', id: 'same' })).toEqual(once);
  for (const rubbish of [null, 'x', {}, { by: 'ada' }, { by: 'ada', reason: 'x', for: '2d' }]) {
    expect(await stop(rubbish)).toMatchObject({ accepted: false });
  }
  await environment().signal('liftStop', 7);
  await environment().signal('askStops', { releaseId: 'release/x/y/1.0.0/1' });
  expect(await lift({ by: 'grace', reason: 'x', stop: 's99' })).toMatchObject({ accepted: false });
  const { stops = [], log } = await slipway.environmentState();
  expect(stops.map(({ id }) => id)).toEqual([once.id]);
  expect(log.some(({ text }) => text.startsWith('ignored a word, stop by ada: "reason" is missing'))).toBe(true);
  expect(log.some(({ text }) => text.startsWith('ignored a question about emergency stops'))).toBe(true);
});
