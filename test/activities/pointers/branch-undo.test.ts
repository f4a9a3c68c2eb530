import type { BranchPointer, BranchUndoPolicy } from '../../../release/project';
import { withFetched, relationTo, commitsBetween, nameCommit } from '../../../activities/repository';
import { aRelease, codeOf, moved, Mover, pointers, Shop } from './harness';

const production = 'refs/heads/production';

describe('pointer kind branch', () => {
  let shop: Shop;
  beforeEach(async () => void (shop = await Shop.open()));
  afterEach(() => shop.close());

  const withUndo = (undo: BranchUndoPolicy): BranchPointer => ({ ...pointers.branch, undo });

  it('says in the plan that the branch has diverged, and refuses to move it though the lease would hold', async () => {
    const stray = shop.remote.commit('production', { message: 'Hot fix', files: { 'src/fix.txt': 'x\n' } });
    const mover = new Mover(shop, pointers.branch);
    const plan = await mover.plan();
    expect(plan.movable.verdict).toBe('failed');
    expect(plan.move.from).toBe(stray);
    await mover.take();
    expect(await codeOf(mover.move(plan))).toBe('BRANCH_DIVERGED');
    expect(shop.remote.ref(production)).toBe(stray);
    expect(shop.fence()?.moved).toEqual([]);
  });

  it('makes a branch that is not there', async () => {
    shop.remote.git('update-ref', '-d', production);
    const mover = new Mover(shop, pointers.branch);
    const plan = await mover.plan(shop.commits.second, null);
    expect(plan.wayBack.detail).toBe('first release: no way back');
    await moved(mover, plan);
    expect(shop.remote.ref(production)).toBe(shop.commits.second);
    expect(await codeOf(mover.undo(plan))).toBe('NO_WAY_BACK');
  });

  it('moves a branch that has gone on to another commit of the trunk only by a new plan', async () => {
    const mover = new Mover(shop, pointers.branch);
    const plan = await mover.plan(shop.commits.third);
    await mover.take();
    shop.remote.git('update-ref', production, shop.commits.second);
    expect(await codeOf(mover.move(plan))).toBe('POINTER_CONFLICT');
    expect(shop.remote.ref(production)).toBe(shop.commits.second);
  });

  it('makes a move by someone else to the same commit its own, so that the undo takes it back', async () => {
    const mover = new Mover(shop, pointers.branch);
    const plan = await mover.plan();
    await mover.take();
    shop.remote.git('update-ref', production, shop.commits.second);
    await mover.move(plan);
    await mover.raise();
    expect((await mover.undo(plan)).how).toBe('restored');
    expect(shop.remote.ref(production)).toBe(shop.commits.first);
  });

  it('says that a branch which stands at the commit, with something else live, would start nothing', async () => {
    shop.remote.git('update-ref', production, shop.commits.second);
    expect(await new Mover(shop, pointers.branch).plan()).toMatchObject({
      inPlace: true,
      movable: { verdict: 'failed' },
    });
    const live = { commit: shop.commits.second, version: '1.1.0' };
    expect(await new Mover(shop, pointers.branch).plan(shop.commits.second, live)).toMatchObject({
      inPlace: true,
      movable: { verdict: 'passed' },
    });
  });

  it('goes back by force to the exact old commit', async () => {
    const mover = new Mover(shop, withUndo({ by: 'force' }));
    const plan = await moved(mover);
    expect(await mover.undo(plan)).toEqual({ how: 'restored', identity: shop.previous });
    expect(shop.remote.ref(production)).toBe(shop.commits.first);
  });

  it('reports the refusal where the remote forbids to go back by force', async () => {
    shop.remote.configure('receive.denyNonFastForwards', 'true');
    const mover = new Mover(shop, withUndo({ by: 'force' }));
    const plan = await moved(mover);
    expect(plan.wayBack.detail).toContain('cannot be seen in advance');
    await expect(mover.undo(plan)).rejects.toMatchObject({
      code: 'PUSH_REJECTED',
      details: { ref: production, detail: expect.stringContaining('non-fast-forward') as unknown },
    });
    expect(shop.remote.ref(production)).toBe(shop.commits.second);
    expect(shop.fence()?.undone).toEqual([]);
  });

  it('has done its work where a person has put the branch back by hand', async () => {
    const mover = new Mover(shop, withUndo({ by: 'force' }));
    const plan = await moved(mover);
    mover.at = {
      'undo-branch:before': () => void shop.remote.git('update-ref', production, shop.commits.first),
    };
    expect((await mover.undo(plan)).identity).toEqual(shop.previous);
    expect(shop.fence()?.undone).toEqual([production]);
  });

  it('is no conflict where a person has put the branch back before the undo', async () => {
    const mover = new Mover(shop, withUndo({ by: 'force' }));
    const plan = await moved(mover);
    shop.remote.git('update-ref', production, shop.commits.first);
    expect((await mover.undo(plan)).identity).toEqual(shop.previous);
    expect(shop.remote.ref(production)).toBe(shop.commits.first);
    expect(shop.fence()?.undone).toEqual([production]);
  });

  it('goes on after a command that put the branch back but was killed before that was recorded', async () => {
    const argv = ['git', '-C', shop.remote.path, 'update-ref', production, shop.commits.first];
    const mover = new Mover(shop, withUndo({ by: 'command', command: { argv, timeout: 10_000 } }));
    const plan = await moved(mover);
    const killed = new Error('killed');
    mover.at = {
      'undo-command:after': () => {
        throw killed;
      },
    };
    await expect(mover.undo(plan)).rejects.toBe(killed);
    expect(shop.remote.ref(production)).toBe(shop.commits.first);
    mover.at = {};
    expect(await mover.undo(plan)).toEqual({ how: 'restored', identity: shop.previous });
    expect((await mover.undo(plan)).how).toBe('already');
    expect(mover.reached.filter((point) => point === 'undo-command:before')).toHaveLength(2);
  });

  describe('undone by a revert commit', () => {
    const policy = withUndo({ by: 'revert' });

    it('puts the old contents on top, also where the remote forbids force', async () => {
      shop.remote.configure('receive.denyNonFastForwards', 'true');
      const mover = new Mover(shop, policy);
      const plan = await moved(mover);
      const undone = await mover.undo(plan);
      const head = shop.remote.ref(production) ?? '';
      expect(undone).toEqual({ how: 'restored', identity: { commit: head, version: '1.0.0' } });
      expect(shop.remote.git('rev-parse', `${head}^`)).toBe(shop.commits.second);
      expect(shop.remote.git('show', `${head}:src/shop.txt`)).toBe('one');
      expect(shop.remote.git('log', '-1', '--format=%B', head)).toContain(
        `Slipway-Release: ${mover.release.id}\nSlipway-Restores: ${shop.commits.first}`,
      );
      shop.remote.git('fsck', '--strict');
    });

    it('puts the old contents on top over HTTP too, from a workspace without files', async () => {
      const far = await Shop.open('http');
      try {
        const mover = new Mover(far, policy);
        await mover.undo(await moved(mover));
        expect(far.remote.git('show', `${production}:src/shop.txt`)).toBe('one');
        far.remote.git('fsck', '--strict');
      } finally {
        await far.close();
      }
    });

    it('makes the same commit at every attempt', async () => {
      const mover = new Mover(shop, policy);
      const plan = await moved(mover);
      const first = await mover.undo(plan);
      const again = await new Mover(shop, policy, aRelease(), { workspaces: 'others' }).undo(plan);
      expect(again).toEqual({ how: 'already', identity: first.identity });
    });

    /** A release of 1.1.0 that was reverted, and the next release. */
    async function afterRevert(commit: string, undo = policy) {
      const mover = new Mover(shop, policy);
      const { identity } = await mover.undo(await moved(mover));
      await mover.free();
      const release = aRelease({ id: 'release/shop/production/1.2.0/1', runId: 'run-2', version: '1.2.0' });
      const next = new Mover(shop, undo, release);
      return { next, reverted: identity?.commit ?? '', plan: await next.plan(commit, identity) };
    }

    it('goes forward again by a merge commit with the contents of the trunk', async () => {
      shop.remote.configure('receive.denyNonFastForwards', 'true');
      const { next, reverted, plan } = await afterRevert(shop.commits.third);
      expect(plan.movable.verdict).toBe('passed');
      expect(plan.move.commit).toBe(shop.commits.third);
      await next.take();
      const { identity } = await next.move(plan);
      const head = shop.remote.ref(production) ?? '';
      expect(identity).toEqual({ commit: head, version: '1.2.0' });
      expect(head).toBe(plan.move.to);
      expect(shop.remote.git('log', '-1', '--format=%P', head)).toBe(`${reverted} ${shop.commits.third}`);
      expect(shop.remote.git('rev-parse', `${head}^{tree}`)).toBe(
        shop.remote.git('rev-parse', `${shop.commits.third}^{tree}`),
      );
      shop.remote.git('fsck', '--strict');
    });

    it('releases the very version again that was reverted', async () => {
      const { next, plan } = await afterRevert(shop.commits.second);
      await next.take();
      expect((await next.move(plan)).how).toBe('moved');
      expect(shop.remote.git('show', `${production}:src/shop.txt`)).toBe('two');
    });

    it('comes back from there, by force and by another revert', async () => {
      const forced = await afterRevert(shop.commits.third, withUndo({ by: 'force' }));
      await moved(forced.next, forced.plan);
      await forced.next.undo(forced.plan);
      expect(shop.remote.ref(production)).toBe(forced.reverted);
      await forced.next.free();
      const again = new Mover(
        shop,
        policy,
        aRelease({ id: 'release/shop/production/1.2.0/2', runId: 'run-3', version: '1.2.0' }),
      );
      const plan = await moved(
        again,
        await again.plan(shop.commits.third, { commit: forced.reverted, version: '1.0.0' }),
      );
      const { identity } = await again.undo(plan);
      expect(shop.remote.git('show', `${production}:src/shop.txt`)).toBe('one');
      expect(shop.remote.git('log', '-1', '--format=%B', production)).toContain(
        `Slipway-Restores: ${shop.commits.first}`,
      );
      expect(identity?.commit).toBe(shop.remote.ref(production));
    });

    it('goes on by merge commits, and does not go back on the trunk by one', async () => {
      const { next, plan } = await afterRevert(shop.commits.third);
      await next.take();
      await next.move(plan);
      await next.free();
      const fourth = shop.remote.commit('main', { message: 'Sell pens', files: { 'src/shop.txt': 'four\n' } });
      const live = { commit: plan.move.to, version: '1.2.0' };
      const third = new Mover(shop, policy, aRelease({ runId: 'run-4', version: '1.3.0' }));
      expect((await third.plan(fourth, live)).movable.verdict).toBe('passed');
      expect((await third.plan(shop.commits.second, live)).movable.verdict).toBe('failed');
    });

    it('is known for the version that it brought back: newer, its commits and its name are those of the trunk', async () => {
      const { next, reverted } = await afterRevert(shop.commits.third);
      const { surroundings, attempt } = next;
      const context = { surroundings, attempt, repository: shop.repository, branches: ['production'] };
      await withFetched(context, async (workspace) => {
        expect(await relationTo(workspace, reverted, shop.commits.third)).toBe('newer');
        expect(await relationTo(workspace, reverted, shop.commits.first)).toBe('same');
        expect((await commitsBetween(workspace, reverted, shop.commits.third)).total).toBe(2);
        expect(await nameCommit(workspace, ['v{version}'], reverted)).toBe('1.0.0');
      });
    });

    it('is not believed of a commit that only says so', async () => {
      const lie = shop.remote.commit('production', {
        message: `Innocent\n\nSlipway-Restores: ${shop.commits.first}`,
        files: { 'src/shop.txt': 'evil\n' },
      });
      const mover = new Mover(shop, pointers.branch);
      const plan = await mover.plan();
      expect(plan.movable.verdict).toBe('failed');
      expect(plan.move.from).toBe(lie);
    });
  });
});
