import { resolveVersion, taggedVersions, withFetched } from '../../../activities/repository';
import { Mover, pointers, Shop, type Transport } from '../pointers/harness';

describe.each<Transport>(['file', 'http', 'github'])('tags that name no commit, over %s', (transport) => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await Shop.open(transport);
    const { remote, commits } = shop;
    const tree = remote.git('rev-parse', `${commits.first}^{tree}`);
    const file = remote.git('rev-parse', `${commits.first}:src/shop.txt`);
    remote.git('tag', 'v0.1.0', tree);
    remote.git('tag', 'v0.2.0', file);
    remote.git('-c', 'user.name=A', '-c', 'user.email=a@b', 'tag', '-a', '-m', 'a folder', 'v0.3.0', tree);
    remote.git('-c', 'user.name=A', '-c', 'user.email=a@b', 'tag', '-a', '-m', 'a file', 'v0.4.0', file);
    remote.git('-c', 'user.name=A', '-c', 'user.email=a@b', 'tag', '-a', '-m', 'a tag', 'v0.5.0', 'v1.0.0');
  });
  afterAll(() => shop.close());

  test('are in nobody’s way, are no versions, and are told where one is asked for', async () => {
    const { surroundings, attempt } = new Mover(shop, pointers.tag);
    const context = { surroundings, attempt, repository: shop.repository, branches: ['main'] };
    await withFetched(context, async (workspace) => {
      const { first } = shop.commits;
      expect(await taggedVersions(workspace, 'v{version}')).toEqual(
        new Map([
          ['0.5.0', first],
          ['1.0.0', first],
        ]),
      );
      const source = { kind: 'tag', pattern: 'v{version}' } as const;
      const resolved = (version: string) =>
        resolveVersion(workspace, { service: 'api', version, source, trunk: 'main' });
      for (const [version, type] of [
        ['0.1.0', 'tree'],
        ['0.2.0', 'blob'],
        ['0.3.0', 'tree'],
        ['0.4.0', 'blob'],
      ] as const)
        await expect(resolved(version)).rejects.toMatchObject({ code: 'TAG_OF_NO_COMMIT', details: { type } });
      expect(await resolved('0.5.0')).toBe(first);
    });
  });

  test('do not keep a release from moving its own tag', async () => {
    const mover = new Mover(shop, pointers.tag);
    const plan = await mover.plan();
    await mover.take();
    expect((await mover.move(plan)).how).toBe('moved');
    expect(shop.remote.commitOf('refs/tags/v1.1.0')).toBe(shop.commits.second);
  });
});
