import { git } from '../../examples/shop/git';
import type { Pointer, Project } from '../../release/project';
import { requestRollback } from '../../client/request-rollback';
import { eventually } from '../support/eventually';
import { startSlipway, underTest, type Slipway, type SlipwayOptions } from '../support/slipway';

let slipway: Slipway;
const given = async (options: SlipwayOptions = {}) => (slipway = await startSlipway(options));
afterEach(() => slipway?.stop());

/** A project whose service has another pointer. */
const withPointer =
  (service: string, change: (pointer: Pointer) => Pointer) =>
  (project: Project): Project => {
    const known = project.services[service]!;
    return { ...project, services: { ...project.services, [service]: { ...known, pointer: change(known.pointer) } } };
  };

describe('each kind of deployer is brought back', () => {
  test('one that runs the highest tag: the bad tag is deleted', async () => {
    const { shop } = await given({ shop: { undo: 'delete' } });
    const release = await slipway.approved('1.2.0');
    expect(await release.result()).toMatchObject({ outcome: 'rolled back', drift: [] });
    expect(await shop.refs()).not.toHaveProperty(['refs/tags/v1.2.0']);
    const commit = await shop.commitOf('1.0.0');
    expect(shop.live()).toEqual({ api: commit, web: commit });
  });

  test('one that acts on new tags: the bad tag stays, a new one is made on the old commit', async () => {
    const { shop } = await given();
    await (await slipway.approved('1.1.0')).result();
    await (await slipway.approved('1.2.0')).result();
    const commit = await shop.commitOf('1.1.0');
    expect(await shop.resolve('refs/tags/v1.1.0-rollback.1')).toBe(commit);
    expect(await shop.refs()).toHaveProperty(['refs/tags/v1.2.0']);
    expect(await git(['cat-file', '-t', 'refs/tags/v1.1.0-rollback.1'], { folder: shop.remote })).toBe('tag');
    expect(shop.live()['api']).toBe(commit);
  });

  test('a build that the bad version started is cancelled before the old one comes back', async () => {
    const { shop } = await given({ environment: { monitor: { window: 0, interval: 100 } } });
    shop.hosting.set({ held: true });
    const release = await slipway.approved('1.3.0');
    await release.in('going live');
    const id = release.id;
    await release.until('a build of it is under way', () => shop.hosting.builds({ ref: 'v1.3.0' }).length > 0);
    await release.decide('rollback', { by: 'ada', comment: 'it takes too long' });
    await release.until('the bad builds are cancelled', () =>
      shop.hosting.builds({ ref: 'v1.3.0' }).every(({ status }) => status === 'cancelled'),
    );
    shop.hosting.set({ held: false });
    shop.hosting.release();
    await release.until('its schema waits for a person', ({ phase }) => phase === 'needs attention');
    // 1.3.0 fills a table while it migrates, so dropping it is a person's decision.
    await release.decide('resolve', { by: 'ada', action: 'skip', comment: 'the table may stay' });
    expect(await release.result()).toMatchObject({
      outcome: 'rolled back',
      schemaDebt: expect.arrayContaining(['api: 003_editions']) as string[],
    });
    const commit = await shop.commitOf('1.0.0');
    expect(shop.live()).toEqual({ api: commit, web: commit });
    expect(id).toBe(release.id);
  });

  test('a branch that may only go forward: a revert commit brings the old tree, and the next release goes on from there', async () => {
    const revert = withPointer('web', (pointer) => ({ ...pointer, undo: { by: 'revert' } }) as Pointer);
    const { shop } = await given({ edit: revert });
    await git(['config', 'receive.denyNonFastForwards', 'true'], { folder: shop.remote });
    const old = await shop.resolve('refs/heads/production');
    expect(await (await slipway.approved('1.2.0')).result()).toMatchObject({ outcome: 'rolled back' });
    const reverted = await shop.resolve('refs/heads/production');
    expect(reverted).not.toBe(old);
    const tree = (commit: string) => git(['rev-parse', `${commit}^{tree}`], { folder: shop.remote });
    expect(await tree(reverted)).toBe(await tree(old));
    expect(shop.live()['web']).toBe(reverted);
    expect(await (await slipway.approved('1.3.0')).result()).toMatchObject({ outcome: 'finished' });
    expect(await tree('refs/heads/production')).toBe(await tree(await shop.commitOf('1.3.0')));
  });
});

describe('where there is no way back', () => {
  test('a forward-only pointer must be acknowledged, and its rollback is a person’s', async () => {
    const { shop } = await given({ shop: { undo: 'none' } });
    const release = await slipway.release('1.2.0');
    const { plan } = await release.in('awaiting approval');
    expect(plan?.acknowledgements.map(({ id }) => id)).toEqual(['forward-only:api']);
    await expect(release.decide('approve', { by: 'ada', digest: plan!.digest })).rejects.toThrow(
      /must acknowledge forward-only:api/,
    );
    await release.approve();
    const { attention } = await release.in('needs attention');
    expect(attention).toMatchObject({ step: 'undo:move:api', error: { code: 'NO_WAY_BACK' } });
    expect(await shop.resolve('refs/heads/production')).toBe(await shop.commitOf('1.0.0'));
    await release.decide('resolve', { by: 'ada', action: 'abandon', comment: 'fixed forward' });
    expect(await release.result()).toMatchObject({ outcome: 'abandoned' });
  });

  test('a first release must be acknowledged, and succeeds', async () => {
    const nothingLive = (project: Project): Project => {
      const web = project.services['web']!;
      return {
        ...project,
        services: {
          web: {
            ...web,
            after: [],
            smoke: [],
            live: { ...web.live, url: web.live.url.replace('/version', '/not-yet') },
          },
        },
      };
    };
    await given({ edit: nothingLive });
    const release = await slipway.release('1.1.0');
    const { plan, gates } = await release.in('awaiting approval');
    expect(gates.find(({ id }) => id === 'newer:web')).toMatchObject({
      verdict: 'passed',
      detail: 'first release: nothing is live',
    });
    expect(plan?.acknowledgements.map(({ id }) => id)).toEqual(['no-way-back:web']);
    await release.decide('reject', { by: 'ada' });
    expect(await release.result()).toMatchObject({ outcome: 'rejected' });
  });
});

describe('what has finished is gone back from, and forward again, by the same means', () => {
  const press = async (to?: string) => {
    const order = { project: slipway.project, environment: 'production', to, reason: '', by: 'ada' };
    const answer = await requestRollback(slipway.client, order, 30_000);
    if (answer.how === 'nothing') throw new Error(answer.words);
    const result = await underTest(slipway.client, answer.releaseId).result();
    expect(result).toMatchObject({ outcome: 'finished' });
    await eventually('it is let go', async () =>
      (await slipway.environmentState()).queue.length === 0 ? true : undefined,
    );
  };

  test('the highest tag is deleted and made again; the branch is carried by commits on top', async () => {
    const { shop } = await given({
      shop: { undo: 'delete' },
      edit: withPointer('web', (pointer) => ({ ...pointer, undo: { by: 'revert' } }) as Pointer),
    });
    await (await slipway.approved('1.1.0')).result();
    const tree = async (ref: string) => git(['rev-parse', `${ref}^{tree}`], { folder: shop.remote });
    await press();
    expect(await shop.refs()).not.toHaveProperty(['refs/tags/v1.1.0']);
    expect(shop.live()['api']).toBe(await shop.commitOf('1.0.0'));
    expect(await tree('refs/heads/production')).toBe(await tree('refs/tags/release/v1.0.0'));
    await press('1.1.0');
    expect(await shop.resolve('refs/tags/v1.1.0')).toBe(await shop.commitOf('1.1.0'));
    expect(shop.live()['api']).toBe(await shop.commitOf('1.1.0'));
    expect(await tree('refs/heads/production')).toBe(await tree('refs/tags/release/v1.1.0'));
  });

  test('a command is told what is left and what comes; the bad tag goes with it', async () => {
    const { shop } = await given({
      edit: (project) => {
        const { web, ...services } = project.services;
        expect(web).toBeDefined();
        const script =
          'git -C "$0" push -q . "$SLIPWAY_PREVIOUS_COMMIT:refs/tags/v$SLIPWAY_PREVIOUS-by-hand-$SLIPWAY_VERSION"';
        const command = { argv: ['sh', '-c', script, project.services['api']!.repository.url], timeout: 10_000 };
        const change = (pointer: Pointer) =>
          ({ ...pointer, undo: { by: 'command', command, deleteBadTag: true } }) as Pointer;
        return withPointer('api', change)({ ...project, services });
      },
    });
    await (await slipway.approved('1.1.0')).result();
    await press();
    const refs = await shop.refs();
    expect(refs).toHaveProperty(['refs/tags/v1.0.0-by-hand-1.1.0'], await shop.commitOf('1.0.0'));
    expect(refs).not.toHaveProperty(['refs/tags/v1.1.0']);
    expect(shop.live()['api']).toBe(await shop.commitOf('1.0.0'));
  });
});
