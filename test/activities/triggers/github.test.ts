/** Tags that ask for releases, at GitHub. */
import { TriggerStage } from './stage';

let stage: TriggerStage;
beforeEach(async () => (stage = await TriggerStage.atGitHub()));
afterEach(() => stage.remove());

const listings = () => stage.github!.calls.filter(({ operation }) => operation === 'git/list-matching-refs');

test('tags are judged and released as anywhere, and a list that has not changed is answered 304', async () => {
  stage.remote.tag('release/v1.0.0', stage.first);
  expect((await stage.turnOn()).seen).toEqual({ noted: 1 });
  expect((await stage.poll()).seen).toEqual({});
  const side = stage.remote.commit('side', { message: 'not merged' });
  stage.remote.tag('release/v1.1.0', stage.first);
  stage.remote.tag('release/v1.2.0', side);
  stage.remote.git('tag', 'release/v1.3.0', stage.first);
  expect((await stage.poll()).seen).toEqual({ waiting: 1, refused: 1, ignored: 1 });
  const before = listings().length;
  await stage.poll();
  await stage.poll();
  expect(
    listings()
      .slice(before)
      .map(({ status }) => status),
  ).toEqual([304, 304]);
  await stage.start();
  expect(stage.asked).toMatchObject([{ version: '1.1.0', commit: stage.first }]);
});

test('more tags than GitHub lists at once are all seen', async () => {
  await stage.turnOn();
  stage.tagAll(Array.from({ length: 150 }, (_, n) => `release/v1.${n}.0`));
  expect((await stage.poll()).seen).toEqual({ waiting: 150 });
  expect((await stage.poll()).seen).toEqual({});
});

test('a GitHub that does not answer is told since when, and nothing is lost', async () => {
  await stage.turnOn();
  stage.remote.tag('release/v1.0.0', stage.first);
  stage.github!.fault({ on: 'git/list-matching-refs', status: 401, times: 2 });
  const [failure] = (await stage.poll()).failures;
  expect(failure?.report.code).toBe('GITHUB_CREDENTIALS_REFUSED');
  expect((await stage.poll()).failures).toEqual([failure]);
  expect(await stage.poll()).toMatchObject({ failures: [], seen: { waiting: 1 } });
});
