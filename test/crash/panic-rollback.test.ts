/**
 * The worker is killed at the pointers of what goes back from a finished release, or deploys it once more: it is done once,
 * and proven, as if nothing had been.
 */
import { randomUUID } from 'node:crypto';
import { requestRelease } from '../../client';
import { requestRollback } from '../../client/request-rollback';
import { answered, approve, CrashStage, endOf, inPhase, type Version } from '../support/crash-stage';
import { underTest, type ReleaseUnderTest } from '../support/slipway';

let stage: CrashStage;
afterAll(() => stage?.stop());

async function finished(): Promise<Version> {
  const next = await stage.begin('good');
  await endOf(next, 'finished');
  return next.version;
}

async function press(by: string): Promise<ReleaseUnderTest> {
  const order = { project: stage.slipway.project, environment: 'production', to: undefined, reason: 'it fails', by };
  const answer = await answered('the rollback', () => requestRollback(stage.slipway.client, order, 30_000));
  if (answer.how === 'nothing') throw new Error(answer.words);
  return underTest(stage.slipway.client, answer.releaseId);
}

/** Lets a worker fall at the point while `act` goes on to its end, and another come. */
async function fallingAt<T>(point: string, act: () => Promise<T>): Promise<T> {
  let fell = false;
  const refilled = stage.workers.fallAt(point, 'SIGKILL').then(() => {
    fell = true;
    return stage.workers.refill();
  });
  const result = await act();
  if (!fell) throw new Error(`no worker fell at ${point}`);
  await refilled;
  return result;
}

/** What became of tags since there were so many pushes; in their order. */
function tagsSince(pushes: number): string[] {
  const { shop } = stage;
  const updates = shop
    .pushes()
    .slice(pushes)
    .filter(({ ref }) => ref.startsWith('refs/tags/v'));
  return updates.map(
    ({ ref, from, to }) => `${ref.slice('refs/tags/'.length)} ${from && to ? 'moved' : to ? 'made' : 'deleted'}`,
  );
}

const stepsOf = async (release: ReleaseUnderTest) => {
  const { steps } = await answered('its state', () => release.state());
  return Object.fromEntries(steps.map(({ id, status }) => [id, status]));
};

describe('a host that acts on new tags', () => {
  beforeAll(async () => {
    stage = await CrashStage.start();
  });

  test.each(['move-tag:after', 'move-branch:before'])('killed at %s: it goes back once', async (point) => {
    const { shop } = stage;
    const before = shop.live();
    await finished();
    const pushes = shop.pushes().length;
    const release = await fallingAt(point, async () => {
      const [one, other] = await Promise.all([press('ada'), press('grace')]);
      expect(one.id).toBe(other.id);
      await endOf({ release: one }, 'finished');
      return one;
    });
    expect(shop.live()).toEqual(before);
    expect(await shop.resolve('refs/heads/production')).toBe(before['web']);
    expect(tagsSince(pushes)).toEqual([expect.stringMatching(/-rollback\.\d+ made$/)]);
    expect(await stepsOf(release)).toMatchObject({ deployed: 'done', smoke: 'done' });
  });

  test('killed at move-tag:before, once more the same: it is built once more', async () => {
    const { shop, slipway } = stage;
    const { project, client } = slipway;
    const { name } = await finished();
    const pushes = shop.pushes().length;
    const { api } = project.services;
    const order = { project: { ...project, services: { api: api! } }, environment: 'production', version: name };
    const input = { ...order, commit: null, requestedBy: 'linus', kind: 'redeploy' as const, requestId: randomUUID() };
    const { releaseId } = await requestRelease(client, input, 30_000);
    const release = underTest(client, releaseId);
    await fallingAt('move-tag:before', async () => {
      await approve(release);
      await endOf({ release }, 'finished');
    });
    expect(tagsSince(pushes)).toEqual([`v${name}-redeploy.1 made`]);
    expect(shop.hosting.builds({ ref: `v${name}-redeploy.1` })).toMatchObject([{ status: 'live' }]);
    await stage.stop();
  });
});

describe('a host that follows the highest tag', () => {
  beforeAll(async () => {
    stage = await CrashStage.start({ shop: { undo: 'delete' } });
  });

  test('killed where the tag is deleted, made again, and put back by what did not come to its end: each once', async () => {
    const { shop } = stage;
    const before = shop.live();
    const { name, commit } = await finished();
    const tag = `refs/tags/v${name}`;
    const made = (await shop.refs())[tag];
    let pushes = shop.pushes().length;
    shop.hosting.set({ held: true }, 'api');
    const unfinished = await fallingAt('delete-tag:after', async () => {
      const release = await press('ada');
      await inPhase(release, 'going live');
      return release;
    });
    shop.hosting.set({ held: false }, 'api');
    await fallingAt('undo-tag:before', async () => {
      await answered('its word', () => unfinished.decide('rollback', { by: 'ada', comment: 'the other was better' }));
      await endOf({ release: unfinished }, 'rolled back');
    });
    expect(tagsSince(pushes)).toEqual([`v${name} deleted`, `v${name} made`]);
    expect(await shop.refs()).toHaveProperty([tag], made);
    expect(shop.live()).toEqual({ api: commit, web: commit });
    expect(await stepsOf(unfinished)).toMatchObject({ 'undo:move:api': 'done', prove: 'done' });

    pushes = shop.pushes().length;
    await fallingAt('delete-tag:before', async () => endOf({ release: await press('grace') }, 'finished'));
    expect(tagsSince(pushes)).toEqual([`v${name} deleted`]);
    expect(shop.live()).toEqual(before);
  });
});
