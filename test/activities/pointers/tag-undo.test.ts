import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TagPointer, TagUndoPolicy } from '../../../release/project';
import { aRelease, codeOf, moved, Mover, pointers, Shop } from './harness';

const bad = 'refs/tags/v1.1.0';

describe('pointer kind tag', () => {
  let shop: Shop;
  beforeEach(async () => void (shop = await Shop.open()));
  afterEach(() => shop.close());

  const withUndo = (undo: TagUndoPolicy): TagPointer => ({ ...pointers.tag, undo });
  const newTag = pointers.tag.undo;

  it('makes an annotated tag that says which release it is of', async () => {
    const mover = new Mover(shop, pointers.tag);
    await moved(mover);
    const text = shop.remote.git('cat-file', 'tag', bad);
    expect(text).toContain(`object ${shop.commits.second}\ntype commit\ntag v1.1.0\n`);
    expect(text).toContain('1777887000 +0000\n\nRelease 1.1.0\n\nSlipway-Release: release/shop/production/1.1.0/1');
  });

  it('says in the plan that the tag is there already, and refuses to move it', async () => {
    shop.remote.tag('v1.1.0', shop.commits.third);
    const mover = new Mover(shop, pointers.tag);
    const plan = await mover.plan();
    expect(plan.movable.verdict).toBe('failed');
    expect(plan.inPlace).toBe(false);
    await mover.take();
    const tag = shop.remote.ref(bad);
    expect(await codeOf(mover.move(plan))).toBe('TAG_EXISTS');
    expect(shop.remote.ref(bad)).toBe(tag);
  });

  it('refuses a tag that a person made on the very same commit: what it started is not this release', async () => {
    const mover = new Mover(shop, pointers.tag);
    const plan = await mover.plan();
    await mover.take();
    shop.remote.tag('v1.1.0', shop.commits.second);
    expect(await codeOf(mover.move(plan))).toBe('TAG_EXISTS');
  });

  it('is in place where the tag names the commit and that is live', async () => {
    shop.remote.tag('v1.1.0', shop.commits.second);
    const plan = await new Mover(shop, pointers.tag).plan(shop.commits.second, {
      commit: shop.commits.second,
      version: '1.1.0',
    });
    expect(plan).toMatchObject({ inPlace: true, movable: { verdict: 'passed' } });
  });

  it('refuses a version that cannot be part of a tag', async () => {
    const mover = new Mover(shop, pointers.tag, aRelease({ version: '1.1 beta' }));
    expect(await codeOf(mover.plan())).toBe('VERSION_MALFORMED');
  });

  it('refuses a release whose commit has left the repository', async () => {
    const mover = new Mover(shop, pointers.tag, aRelease(), { workspaces: 'first' });
    const plan = await mover.plan();
    await mover.take();
    await mover.free();
    const later = new Mover(shop, pointers.tag, aRelease(), { workspaces: 'second' });
    shop.remote.git('update-ref', '-d', 'refs/slipway/shop/production');
    shop.remote.git('update-ref', 'refs/heads/main', shop.commits.first);
    expect(await codeOf(later.take())).toBe('COMMIT_NOT_ON_TRUNK');
    expect(plan.move.commit).toBe(shop.commits.second);
  });

  describe('undone by a new tag', () => {
    it('tags the previous commit with the next number', async () => {
      shop.remote.tag('v1.0.0-rollback.4', shop.commits.first);
      const mover = new Mover(shop, withUndo(newTag));
      const plan = await moved(mover);
      expect(plan.wayBack.detail).toContain('v1.0.0-rollback.5');
      expect(await mover.undo(plan)).toEqual({ how: 'restored', identity: shop.previous });
      expect(shop.remote.commitOf('refs/tags/v1.0.0-rollback.5')).toBe(shop.commits.first);
      expect(shop.remote.ref(bad)).toBe(plan.move.to);
    });

    it('takes the number after where someone else has taken it since the plan', async () => {
      const mover = new Mover(shop, withUndo(newTag));
      const plan = await moved(mover);
      mover.at = {
        'undo-tag:before': () => {
          if (shop.remote.ref('refs/tags/v1.0.0-rollback.1') === null) {
            shop.remote.tag('v1.0.0-rollback.1', shop.commits.third);
          }
        },
      };
      await mover.undo(plan);
      expect(shop.remote.commitOf('refs/tags/v1.0.0-rollback.1')).toBe(shop.commits.third);
      expect(shop.remote.commitOf('refs/tags/v1.0.0-rollback.2')).toBe(shop.commits.first);
      expect((await mover.undo(plan)).how).toBe('already');
      expect(shop.remote.ref('refs/tags/v1.0.0-rollback.3')).toBeNull();
    });

    it('brings the previous version back also where a person has deleted the bad tag', async () => {
      const mover = new Mover(shop, withUndo(newTag));
      const plan = await moved(mover);
      shop.remote.git('update-ref', '-d', bad);
      expect((await mover.undo(plan)).how).toBe('restored');
      expect(shop.remote.commitOf('refs/tags/v1.0.0-rollback.1')).toBe(shop.commits.first);
    });

    it('says so when the tag that it has made is gone', async () => {
      const mover = new Mover(shop, withUndo(newTag));
      const plan = await moved(mover);
      await mover.undo(plan);
      shop.remote.git('update-ref', '-d', 'refs/tags/v1.0.0-rollback.1');
      expect(await codeOf(mover.undo(plan))).toBe('POINTER_CONFLICT');
    });

    it('deletes the bad tag too where that is configured, after the old version is back', async () => {
      const mover = new Mover(shop, withUndo({ ...newTag, deleteBadTag: true }));
      const plan = await moved(mover);
      mover.at = {
        'delete-tag:before': () => void expect(shop.remote.ref('refs/tags/v1.0.0-rollback.1')).not.toBeNull(),
      };
      expect((await mover.undo(plan)).how).toBe('restored');
      expect(shop.remote.ref(bad)).toBeNull();
      expect((await mover.undo(plan)).how).toBe('already');
    });

    it('is back even where the remote forbids to delete the bad tag; that is reported, and can be tried again', async () => {
      const mover = new Mover(shop, withUndo({ ...newTag, deleteBadTag: true }));
      const plan = await moved(mover);
      shop.remote.hook('update', 'case $3 in *[!0]*) exit 0;; esac; echo "tags stay" >&2; exit 1');
      expect(await codeOf(mover.undo(plan))).toBe('PUSH_REJECTED');
      expect(shop.remote.commitOf('refs/tags/v1.0.0-rollback.1')).toBe(shop.commits.first);
      shop.remote.hook('update', 'exit 0');
      expect((await mover.undo(plan)).how).toBe('restored');
      expect(Object.keys(shop.remote.refs()).filter((ref) => ref.includes('rollback'))).toHaveLength(1);
    });

    it('has no way back in the plan where the previous commit is not in the repository', async () => {
      const previous = { commit: 'f'.repeat(40), version: '0.9.0' };
      const { wayBack } = await new Mover(shop, withUndo(newTag)).plan(shop.commits.second, previous);
      expect(wayBack.verdict).toBe('failed');
    });
  });

  describe('undone by deletion', () => {
    const policy = { by: 'delete' } as const;

    it('deletes the tag, once', async () => {
      const mover = new Mover(shop, withUndo(policy));
      const plan = await moved(mover);
      expect(await mover.undo(plan)).toEqual({ how: 'restored', identity: shop.previous });
      expect(shop.remote.ref(bad)).toBeNull();
      expect(await mover.undo(plan)).toEqual({ how: 'already', identity: shop.previous });
    });

    it('does not delete a tag that has been moved since', async () => {
      const mover = new Mover(shop, withUndo(policy));
      const plan = await moved(mover);
      mover.at = { 'delete-tag:before': () => void shop.remote.git('update-ref', bad, shop.commits.third) };
      expect(await codeOf(mover.undo(plan))).toBe('POINTER_CONFLICT');
      expect(shop.remote.ref(bad)).toBe(shop.commits.third);
    });

    it('has no way back in the plan where another tag would then be the highest', async () => {
      expect((await new Mover(shop, withUndo(policy)).plan()).wayBack.verdict).toBe('passed');
      shop.remote.tag('v1.0.5', shop.commits.third);
      const { wayBack } = await new Mover(shop, withUndo(policy)).plan();
      expect(wayBack).toMatchObject({ verdict: 'failed', detail: expect.stringContaining('v1.0.5') as unknown });
    });
  });

  describe('undone by a command', () => {
    const script = () => join(shop.remote.folder, 'rollback.sh');
    const log = () => join(shop.remote.folder, 'log');
    const policy = (...words: string[]) =>
      ({
        by: 'command',
        command: { argv: [script(), ...words], timeout: 10_000 },
        deleteBadTag: false,
      }) as const;
    const write = (body: string) => {
      writeFileSync(script(), `#!/bin/sh\n${body}\n`);
      chmodSync(script(), 0o755);
    };

    it('runs it with its placeholders filled, once', async () => {
      write(`echo "$@ $SLIPWAY_VERSION $SLIPWAY_PREVIOUS $SLIPWAY_COMMIT $SLIPWAY_PREVIOUS_COMMIT" >> ${log()}`);
      const words = policy('{environment}', '{version}', '{previous}', '{tag}', 'a b');
      const mover = new Mover(shop, withUndo(words));
      const plan = await moved(mover);
      expect(plan.wayBack.verdict).toBe('passed');
      expect(await mover.undo(plan)).toEqual({ how: 'restored', identity: shop.previous });
      expect(await mover.undo(plan)).toEqual({ how: 'already', identity: shop.previous });
      const { first, second } = shop.commits;
      expect(readFileSync(log(), 'utf8')).toBe(`production 1.1.0 1.0.0 v1.1.0 a b 1.1.0 1.0.0 ${second} ${first}\n`);
    });

    it('fails with its last words, and runs again at the next attempt', async () => {
      write(`echo run >> ${log()}; echo "no such version" >&2; exit 3`);
      const mover = new Mover(shop, withUndo(policy()));
      const plan = await moved(mover);
      await expect(mover.undo(plan)).rejects.toMatchObject({
        code: 'COMMAND_FAILED',
        message: expect.stringContaining('ended with 3: no such version') as unknown,
      });
      write(`echo run >> ${log()}`);
      expect((await mover.undo(plan)).how).toBe('restored');
      expect(readFileSync(log(), 'utf8')).toBe('run\nrun\n');
    });

    it('kills it, and all that it started, at its deadline', async () => {
      write(`(while [ ! -e ${log()} ]; do sleep 0.05; done; echo late > ${log()}.late) & wait`);
      const { command, ...rest } = policy();
      const mover = new Mover(shop, withUndo({ ...rest, command: { ...command, timeout: 300 } }));
      const plan = await moved(mover);
      await expect(mover.undo(plan)).rejects.toMatchObject({
        code: 'COMMAND_FAILED',
        message: expect.stringContaining('no end within 300 ms') as unknown,
      });
      writeFileSync(log(), '');
      expect(existsSync(`${log()}.late`)).toBe(false);
    });

    it('has no way back in the plan where the worker does not have the program', async () => {
      const { wayBack } = await new Mover(shop, withUndo(policy())).plan();
      expect(wayBack.verdict).toBe('failed');
    });
  });

  it('has no way back where it is forward-only, and says so before and after', async () => {
    const mover = new Mover(shop, withUndo({ by: 'none' }));
    const plan = await moved(mover);
    expect(plan.move.undo).toEqual({ by: 'none', reason: 'forward-only, as configured' });
    expect(await codeOf(mover.undo(plan))).toBe('NO_WAY_BACK');
    expect(shop.remote.ref(bad)).toBe(plan.move.to);
  });

  it('has no way back at a first release', async () => {
    const mover = new Mover(shop, pointers.tag);
    const plan = await mover.plan(shop.commits.second, null);
    expect(plan.wayBack).toEqual({ verdict: 'passed', detail: 'first release: no way back' });
    expect(await codeOf(mover.undo(await moved(mover, plan)))).toBe('NO_WAY_BACK');
  });

  it('only deletes the tag of a first release, where that is configured', async () => {
    const mover = new Mover(shop, withUndo({ ...newTag, deleteBadTag: true }));
    const plan = await moved(mover, await mover.plan(shop.commits.second, null));
    expect(await mover.undo(plan)).toEqual({ how: 'restored', identity: null });
    expect(shop.remote.ref(bad)).toBeNull();
  });
});
