import { requestRollback } from '../../client/request-rollback';
import { answered, CrashStage, endOf } from '../support/crash-stage';
import { underTest } from '../support/slipway';

/** The worker is killed at a pointer's move of a rollback of what has finished: it goes back once, as if nothing had been. */

let stage: CrashStage;
beforeAll(async () => {
  stage = await CrashStage.start();
});
afterAll(() => stage?.stop());

test.each(['move-tag:after', 'move-branch:before'])('killed at %s: it goes back once', async (point) => {
  const { slipway, shop, workers } = stage;
  const before = shop.live();
  const next = await stage.begin('good');
  await endOf(next, 'finished');
  const rollbackTags = async () => Object.keys(await shop.refs()).filter((ref) => ref.includes('-rollback.'));
  const tags = await rollbackTags();
  const press = (by: string) => {
    const order = { project: slipway.project, environment: 'production', to: undefined, reason: 'it fails', by };
    return answered('the rollback', () => requestRollback(slipway.client, order, 30_000));
  };
  const falling = workers.fallAt(point, 'SIGKILL');
  const [one, other] = await Promise.all([press('ada'), press('grace')]);
  if (one.how === 'nothing' || other.how === 'nothing') throw new Error(JSON.stringify([one, other]));
  expect(one.releaseId).toBe(other.releaseId);
  await falling;
  await workers.refill();
  await endOf({ release: underTest(slipway.client, one.releaseId) }, 'finished');
  expect(shop.live()).toEqual(before);
  expect(await shop.resolve('refs/heads/production')).toBe(before['web']);
  expect(await rollbackTags()).toHaveLength(tags.length + 1);
});
