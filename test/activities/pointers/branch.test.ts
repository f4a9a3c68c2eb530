import { pointerContract } from './contract';
import { aRelease, Mover, pointers, Shop, type Transport } from './harness';

describe.each<Transport>(['file', 'http', 'github'])('pointer kind branch, over %s', (transport) => {
  pointerContract({
    transport,
    pointer: pointers.branch,
    ref: 'refs/heads/production',
    conflict: 'POINTER_CONFLICT',
    restored: ({ remote }) => remote.ref('refs/heads/production'),
  });
});

test('at GitHub the undo by a commit on top, and the way on from it, need no push', async () => {
  const shop = await Shop.open('github');
  const calls = (operation: string) => shop.github!.calls.filter((call) => call.operation === operation);
  try {
    shop.github!.protectBranch(shop.hosted!, 'production');
    const mover = new Mover(shop, { ...pointers.branch, undo: { by: 'revert' } });
    const plan = await mover.plan();
    await mover.take();
    await mover.move(plan);
    await mover.raise();
    const { identity } = await mover.undo(plan);
    expect(calls('git/create-commit').map(({ status }) => status)).toEqual([201]);
    const head = shop.remote.ref('refs/heads/production') ?? '';
    expect(identity?.commit).toBe(head);
    expect(shop.remote.git('show', `${head}:src/shop.txt`)).toBe('one');
    await mover.free();
    const release = aRelease({ id: 'release/shop/production/1.2.0/1', runId: 'run-2', version: '1.2.0' });
    const next = new Mover(shop, mover.pointer, release);
    const on = await next.plan(shop.commits.third, { commit: head, version: '1.0.0' });
    await next.take();
    expect((await next.move(on)).how).toBe('moved');
    expect(shop.remote.git('show', 'refs/heads/production:src/shop.txt')).toBe('three');
    expect([calls('git/create-commit').length, calls('git/receive-pack').length]).toEqual([2, 0]);
  } finally {
    await shop.close();
  }
});
