import { aRelease, codeOf, Mover, pointers, Shop } from './harness';

describe('the fence', () => {
  let shop: Shop;
  let mover: Mover;
  beforeEach(async () => {
    shop = await Shop.open();
    mover = new Mover(shop, pointers.branch);
  });
  afterEach(() => shop.close());

  const other = (options: { cluster?: string } = {}) =>
    new Mover(
      shop,
      pointers.branch,
      aRelease({ id: 'release/shop/production/1.2.0/1', runId: 'run-2', version: '1.2.0' }),
      { ...options, workspaces: 'others' },
    );

  it('is taken where there is none, and says who holds it', async () => {
    expect(await mover.take()).toEqual([{ repository: shop.repository.url, number: 1 }]);
    expect(shop.fence()).toMatchObject({
      state: 'held',
      holder: 'release/shop/production/1.1.0/1',
      run: 'run-1',
      cluster: 'localhost:7233/default',
      number: 1,
    });
  });

  it('is an annotated tag of a commit of the release, so that a git host takes it', async () => {
    await mover.take();
    expect(shop.remote.git('cat-file', '-t', 'refs/slipway/shop/production')).toBe('tag');
    expect(shop.remote.commitOf('refs/slipway/shop/production')).toBe(shop.commits.second);
  });

  it('is not written again by its holder', async () => {
    await mover.take();
    const refs = shop.remote.refs();
    expect(await mover.take()).toEqual([{ repository: shop.repository.url, number: 1 }]);
    expect(shop.remote.refs()).toEqual(refs);
  });

  it('is refused to another release while its holder runs', async () => {
    await mover.take();
    const refs = shop.remote.refs();
    await expect(other().take()).rejects.toMatchObject({
      code: 'FENCE_HELD',
      details: {
        environment: 'production',
        holder: expect.stringContaining('release/shop/production/1.1.0/1') as unknown,
      },
    });
    expect(shop.remote.refs()).toEqual(refs);
  });

  it('is taken over, visibly, from a release that is no longer running', async () => {
    await mover.take();
    const next = other();
    next.isOpen = false;
    expect(await next.take()).toEqual([
      {
        repository: shop.repository.url,
        number: 2,
        tookOverFrom: { id: mover.release.id, runId: mover.release.runId },
      },
    ]);
    expect(shop.fence()).toMatchObject({ holder: next.release.id, moved: [], undone: [] });
    expect(await codeOf(mover.move(await mover.plan()))).toBe('FENCED');
  });

  it('is refused, with these words, where it cannot be told whether its holder runs', async () => {
    await mover.take();
    const next = other();
    next.isOpen = undefined;
    await expect(next.take()).rejects.toMatchObject({
      code: 'FENCE_HELD',
      message: expect.stringContaining('could not tell whether it still runs') as unknown,
    });
  });

  it('is never taken over from another cluster, whose releases cannot be seen from here', async () => {
    await mover.take();
    const laptop = other({ cluster: '127.0.0.1:41233/default' });
    laptop.isOpen = false;
    await expect(laptop.take()).rejects.toMatchObject({
      code: 'FENCE_HELD',
      details: { holder: 'release/shop/production/1.1.0/1 (localhost:7233/default)' },
    });
  });

  it('is refused to everybody where the ref holds something that is no fence', async () => {
    shop.remote.git('update-ref', 'refs/slipway/shop/production', shop.commits.first);
    expect(await codeOf(mover.take())).toBe('FENCE_HELD');
    expect(shop.remote.ref('refs/slipway/shop/production')).toBe(shop.commits.first);
  });

  it('goes free to the next release, with a higher number', async () => {
    await mover.take();
    await mover.free();
    expect(shop.fence()).toMatchObject({ state: 'free', number: 2 });
    expect(await other().take()).toEqual([{ repository: shop.repository.url, number: 3 }]);
  });

  it('is not freed by one who does not hold it', async () => {
    await mover.take();
    const refs = shop.remote.refs();
    await other().free();
    expect(shop.remote.refs()).toEqual(refs);
  });

  it('is freed once, also after it was raised', async () => {
    await mover.take();
    await mover.raise();
    await mover.free();
    await mover.free();
    expect(shop.fence()).toMatchObject({ state: 'free', number: 3 });
  });

  it('is taken again by the release that gave it back, with nothing on record', async () => {
    await mover.take();
    await mover.move(await mover.plan());
    await mover.free();
    expect(await mover.take()).toMatchObject([{ number: 4 }]);
    expect(shop.fence()).toMatchObject({ state: 'held', moved: [], undone: [] });
  });

  it('is raised once, and not at all by one who does not hold it', async () => {
    expect(await mover.raise()).toEqual([{ how: 'not-held' }]);
    await mover.take();
    expect(await mover.raise()).toEqual([{ how: 'raised' }]);
    expect(await mover.raise()).toEqual([{ how: 'already' }]);
    expect(await other().raise()).toEqual([{ how: 'not-held' }]);
    expect(shop.fence()).toMatchObject({ state: 'undoing', number: 2 });
  });

  it('is not taken again by a late attempt of a release that is rolling back', async () => {
    await mover.take();
    await mover.raise();
    expect(await codeOf(mover.take())).toBe('FENCED');
  });

  it('is another release for a later run with the same id', async () => {
    await mover.take();
    const rerun = new Mover(shop, pointers.branch, aRelease({ runId: 'run-7' }), { workspaces: 'others' });
    expect(await codeOf(rerun.take())).toBe('FENCE_HELD');
    expect(await codeOf(rerun.move(await rerun.plan()))).toBe('FENCED');
  });

  it('stands apart for each environment', async () => {
    await mover.take();
    const staging = new Mover(shop, pointers.branch, aRelease({ environment: 'staging' }));
    expect(await staging.take()).toMatchObject([{ number: 1 }]);
    expect(Object.keys(shop.remote.refs())).toEqual(
      expect.arrayContaining(['refs/slipway/shop/production', 'refs/slipway/shop/staging']),
    );
  });

  it('stands apart for each project, of which a repository may hold several', async () => {
    await mover.take();
    const id = 'release/cafe/production/1.1.0/1';
    const cafe = new Mover(shop, pointers.tag, aRelease({ id, runId: 'run-2', project: 'cafe' }), {
      workspaces: 'others',
    });
    expect(await cafe.take()).toMatchObject([{ number: 1 }]);
    await cafe.move(await cafe.plan());
    await mover.move(await mover.plan());
    expect(shop.fence()).toMatchObject({ holder: mover.release.id, moved: ['refs/heads/production'] });
    expect(Object.keys(shop.remote.refs())).toEqual(
      expect.arrayContaining(['refs/slipway/cafe/production', 'refs/slipway/shop/production']),
    );
  });

  it('says what the remote says where its rules forbid such refs', async () => {
    shop.remote.hook('update', 'case $1 in refs/slipway/*) echo "only heads and tags here" >&2; exit 1;; esac');
    await expect(mover.take()).rejects.toMatchObject({
      code: 'PUSH_REJECTED',
      details: {
        ref: 'refs/slipway/shop/production',
        detail: expect.stringContaining('only heads and tags here') as unknown,
      },
    });
  });

  it('holds two repositories of a release, each with its own number', async () => {
    const second = await Shop.open();
    try {
      await new Mover(second, pointers.branch).take();
      await new Mover(second, pointers.branch).free();
      const repositories = [shop, second].map(({ repository, commits }) => ({ repository, commit: commits.second }));
      const taken = await mover.activities.takeFences({ release: mover.release, repositories }, mover.attempt);
      const numbers = Object.fromEntries(taken.map(({ repository, number }) => [repository, number]));
      expect(numbers).toEqual({ [shop.repository.url]: 1, [second.repository.url]: 3 });
    } finally {
      await second.close();
    }
  });
});
