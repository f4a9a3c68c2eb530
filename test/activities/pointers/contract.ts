/** What every kind of pointer must do, whatever it is. */
import type { Pointer } from '../../../release/project';
import { aRelease, codeOf, Mover, Shop, type Transport } from './harness';

export interface ContractCase {
  readonly transport: Transport;
  readonly pointer: Pointer;
  /** Name of the ref that a release of 1.1.0 moves. */
  readonly ref: string;
  /** The commit that the pointer must bring to the deployer after an undo, read from the remote's refs. */
  readonly restored: (shop: Shop) => string | null;
  /** Code of the error for a pointer that someone else has moved. */
  readonly conflict: string;
}

const provenAtGitHub = [
  'moves the pointer and the fence together',
  'writes nothing when it has moved already',
  'refuses to move without the fence',
  'does not land a push that was on its way when the fence was raised',
  'undoes once, however often it is asked',
  'never overwrites a pointer that someone else has moved between its look and its push',
  'moves once when two attempts push at the same time',
  'moves again, and undoes again, for the next release',
];

export function pointerContract({ transport, pointer, ref, restored, conflict }: ContractCase): void {
  let shop: Shop;
  let mover: Mover;
  beforeEach(async () => {
    shop = await Shop.open(transport);
    mover = new Mover(shop, pointer);
  });
  afterEach(() => shop.close());

  /** Over GitHub's API each test costs a server and many calls: what its own means must prove is proven, no more. */
  const prove = (name: string, proof: () => Promise<void>) => {
    if (transport !== 'github' || provenAtGitHub.includes(name)) it(name, proof);
  };

  prove('plans the same move each time, and changes nothing', async () => {
    const before = shop.remote.refs();
    const plan = await mover.plan();
    expect(await new Mover(shop, pointer, aRelease(), { workspaces: 'others' }).plan()).toEqual(plan);
    expect(plan.movable.verdict).toBe('passed');
    expect(plan.wayBack.verdict).toBe('passed');
    expect(plan.move).toMatchObject({ ref, commit: shop.commits.second, previous: shop.previous, service: 'api' });
    expect(shop.remote.refs()).toEqual(before);
  });

  prove('moves the pointer and the fence together', async () => {
    const plan = await mover.plan();
    await mover.take();
    const number = shop.fence()?.number ?? 0;
    expect(await mover.move(plan)).toEqual({
      how: 'moved',
      identity: { commit: shop.commits.second, version: '1.1.0' },
    });
    expect(shop.remote.ref(ref)).toBe(plan.move.to);
    expect(shop.remote.commitOf(ref)).toBe(shop.commits.second);
    expect(shop.fence()).toMatchObject({ number: number + 1, state: 'held', moved: [ref], undone: [] });
  });

  prove('writes nothing when it has moved already', async () => {
    const plan = await mover.plan();
    await mover.take();
    await mover.move(plan);
    const after = shop.remote.refs();
    expect((await new Mover(shop, pointer, aRelease(), { workspaces: 'others' }).move(plan)).how).toBe('already');
    expect(shop.remote.refs()).toEqual(after);
  });

  prove('refuses to move without the fence', async () => {
    const plan = await mover.plan();
    expect(await codeOf(mover.move(plan))).toBe('FENCED');
    expect(shop.remote.ref(ref)).toBe(plan.move.from);
  });

  prove('refuses to move once its own rollback has raised the fence', async () => {
    const plan = await mover.plan();
    await mover.take();
    expect(await mover.raise()).toEqual([{ how: 'raised' }]);
    expect(await codeOf(mover.move(plan))).toBe('FENCED');
    expect(shop.remote.ref(ref)).toBe(plan.move.from);
  });

  prove('does not land a push that was on its way when the fence was raised', async () => {
    const plan = await mover.plan();
    await mover.take();
    const other = new Mover(shop, pointer, aRelease(), { workspaces: 'others' });
    const kind = pointer.kind;
    mover.at = { [`move-${kind}:before`]: async () => void (await other.raise()) };
    expect(await codeOf(mover.move(plan))).toBe('FENCED');
    expect(shop.remote.ref(ref)).toBe(plan.move.from);
    expect(mover.reached.filter((point) => point === `move-${kind}:after`)).toHaveLength(1);
  });

  prove('sends nothing once its attempt was aborted', async () => {
    const plan = await mover.plan();
    await mover.take();
    const before = shop.remote.refs();
    mover.at = { [`move-${pointer.kind}:before`]: () => mover.abort.abort(new Error('too late')) };
    await expect(mover.move(plan)).rejects.toThrow('too late');
    expect(shop.remote.refs()).toEqual(before);
  });

  prove('brings the previous version back', async () => {
    const plan = await mover.plan();
    await mover.take();
    await mover.move(plan);
    await mover.raise();
    const undone = await mover.undo(plan);
    expect(undone.how).toBe('restored');
    expect(undone.identity?.version).toBe('1.0.0');
    expect(restored(shop)).toBe(undone.identity?.commit);
    expect(shop.fence()).toMatchObject({ state: 'undoing', moved: [ref], undone: [ref] });
  });

  prove('undoes once, however often it is asked', async () => {
    const plan = await mover.plan();
    await mover.take();
    await mover.move(plan);
    await mover.raise();
    const first = await mover.undo(plan);
    const after = shop.remote.refs();
    const again = await new Mover(shop, pointer, aRelease(), { workspaces: 'others' }).undo(plan);
    expect(again).toEqual({ how: 'already', identity: first.identity });
    expect(shop.remote.refs()).toEqual(after);
  });

  prove('leaves a pointer that it never moved, also where someone else has moved it since', async () => {
    const plan = await mover.plan();
    await mover.take();
    await mover.raise();
    const before = shop.remote.refs();
    expect(await mover.undo(plan)).toEqual({ how: 'never-moved', identity: null });
    expect(shop.remote.refs()).toEqual(before);
    shop.remote.git('update-ref', ref, shop.commits.third);
    expect((await mover.undo(plan)).how).toBe('never-moved');
    expect(shop.remote.ref(ref)).toBe(shop.commits.third);
  });

  prove('takes no undo from a release that has not raised the fence', async () => {
    const plan = await mover.plan();
    await mover.take();
    await mover.move(plan);
    const before = shop.remote.refs();
    expect(await codeOf(mover.undo(plan))).toBe('FENCED');
    expect(shop.remote.refs()).toEqual(before);
  });

  prove('never overwrites a pointer that someone else has moved since the plan', async () => {
    const plan = await mover.plan();
    await mover.take();
    shop.remote.git('update-ref', ref, shop.commits.third);
    expect(await codeOf(mover.move(plan))).toBe(conflict);
    expect(shop.remote.ref(ref)).toBe(shop.commits.third);
  });

  prove('never overwrites a pointer that someone else has moved between its look and its push', async () => {
    const plan = await mover.plan();
    await mover.take();
    mover.at = {
      [`move-${pointer.kind}:before`]: () => void shop.remote.git('update-ref', ref, shop.commits.third),
    };
    expect(await codeOf(mover.move(plan))).toBe(conflict);
    expect(shop.remote.ref(ref)).toBe(shop.commits.third);
    expect(shop.fence()?.moved).toEqual([]);
  });

  prove('does not undo over what someone else has put there since the move', async () => {
    const plan = await mover.plan();
    await mover.take();
    await mover.move(plan);
    await mover.raise();
    shop.remote.git('update-ref', ref, shop.commits.third);
    const before = shop.remote.refs();
    expect(await codeOf(mover.undo(plan))).toBe('POINTER_CONFLICT');
    expect(shop.remote.refs()).toEqual(before);
  });

  prove('moves once when two attempts push at the same time', async () => {
    const plan = await mover.plan();
    await mover.take();
    const other = new Mover(shop, pointer, aRelease(), { workspaces: 'others' });
    const both = meeting(2);
    mover.at = { [`move-${pointer.kind}:before`]: both };
    other.at = { [`move-${pointer.kind}:before`]: both };
    const outcomes = await Promise.all([mover.move(plan), other.move(plan)]);
    expect(outcomes.map(({ identity }) => identity.commit)).toEqual([plan.move.commit, plan.move.commit]);
    expect(shop.remote.ref(ref)).toBe(plan.move.to);
    expect(shop.fence()?.moved).toEqual([ref]);
  });

  prove('lets one of two releases through, and names it to the other', async () => {
    const rival = new Mover(shop, pointer, aRelease({ id: 'release/shop/production/1.1.0/2', runId: 'run-2' }));
    const both = meeting(2);
    mover.at = { 'fence-take:before': both };
    rival.at = { 'fence-take:before': both };
    const outcomes = await Promise.allSettled([mover.take(), rival.take()]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const winner = outcomes[0].status === 'fulfilled' ? mover : rival;
    const loser = winner === mover ? rival : mover;
    expect(await codeOf(loser.move(await loser.plan()))).toBe('FENCED');
    expect((await winner.move(await winner.plan())).how).toBe('moved');
  });

  prove('moves again, and undoes again, for the next release', async () => {
    const plan = await mover.plan();
    await mover.take();
    await mover.move(plan);
    await mover.raise();
    const { identity } = await mover.undo(plan);
    await mover.free();
    const next = new Mover(
      shop,
      pointer,
      aRelease({ id: 'release/shop/production/1.2.0/1', runId: 'run-9', version: '1.2.0' }),
    );
    const plan2 = await next.plan(shop.commits.third, identity);
    expect(plan2.movable.verdict).toBe('passed');
    await next.take();
    await next.move(plan2);
    await next.raise();
    const undone = await next.undo(plan2);
    expect(undone.how).toBe('restored');
    expect(restored(shop)).toBe(undone.identity?.commit);
    await next.free();
    expect(shop.fence()).toMatchObject({ state: 'free' });
  });

  if (transport === 'http') {
    it('sees that a move whose answer was lost has landed', async () => {
      const plan = await mover.plan();
      await mover.take();
      shop.server?.faults.push('cut after');
      expect((await mover.move(plan)).how).toBe('moved');
      expect(shop.remote.ref(ref)).toBe(plan.move.to);
    });

    it('says that it could not tell when a push was not answered, and moves at the next attempt', async () => {
      const plan = await mover.plan();
      await mover.take();
      shop.server?.faults.push({ status: 503 });
      expect(await codeOf(mover.move(plan))).toBe('REMOTE_UNREACHABLE');
      expect(shop.remote.ref(ref)).toBe(plan.move.from);
      expect((await mover.move(plan)).how).toBe('moved');
    });

    it('sees that an undo whose answer was lost has landed', async () => {
      const plan = await mover.plan();
      await mover.take();
      await mover.move(plan);
      await mover.raise();
      shop.server?.faults.push('cut after');
      expect((await mover.undo(plan)).how).toBe('restored');
      expect(restored(shop)).not.toBeNull();
    });
  }
}

/** Lets the first `count` callers go on together; later ones pass. */
export function meeting(count: number): () => Promise<void> {
  let waiting = 0;
  let open: () => void;
  const gate = new Promise<void>((resolve) => (open = resolve));
  return () => {
    waiting += 1;
    if (waiting >= count) open();
    return gate;
  };
}
