import { examineGitHub } from '../../../activities/github/examine';
import { readTagsIfChanged } from '../../../activities/github/read-tags';
import { GitHubRepository } from '../../../activities/github/repository';
import { Mover, pointers, Shop } from '../pointers/harness';

describe('looks at a repository at GitHub', () => {
  let shop: Shop;
  beforeEach(async () => void (shop = await Shop.open('github')));
  afterEach(() => shop.close());

  const repository = () =>
    GitHubRepository.of(shop.repository, (name) => shop.variables[name], new AbortController().signal)!;
  const services = () => [new Mover(shop, pointers.tag).service, new Mover(shop, pointers.branch).service];

  test('find nothing against a release where nothing is, and what forbids it where something does', async () => {
    const failed = async () =>
      (await examineGitHub(repository(), 'shop', services(), () => undefined)).filter(
        ({ verdict }) => verdict === 'failed',
      );
    expect(await failed()).toEqual([]);
    shop.github!.protectBranch(shop.hosted!, 'production');
    expect(await failed()).toMatchObject([{ detail: expect.stringContaining('no force pushes') as unknown }]);
  });

  test('for tags cost nothing of the limit while nothing changes', async () => {
    const first = await readTagsIfChanged(repository(), null);
    if (typeof first === 'string') throw new Error('nothing was known before');
    expect(first.tags).toMatchObject([{ name: 'v1.0.0', isAnnotated: true }]);
    expect(await readTagsIfChanged(repository(), first.mark)).toBe('unchanged');
    expect(shop.github!.calls.at(-1)).toMatchObject({ status: 304, counted: false });
    shop.remote.tag('v1.1.0', shop.commits.second);
    expect(await readTagsIfChanged(repository(), first.mark)).toMatchObject({ tags: [{}, { name: 'v1.1.0' }] });
  });
});
