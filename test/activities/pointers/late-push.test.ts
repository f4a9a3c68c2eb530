import { execFileSync, fork, type ChildProcess } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PointerPlan } from '../../../activities/pointers/pointer-kind';
import { serialiseFence } from '../../../release/fence';
import { nextFence } from '../../../release/fence-rules';
import { formatTag } from '../../../release/git-objects';
import { allGone, eventually, family, mentioning } from '../../support/processes';
import { Mover, pointers, Shop, type Transport } from './harness';
import type { LateMove } from './late-mover';

const program = join(__dirname, '..', '..', '..', 'dist', 'test', 'activities', 'pointers', 'late-mover.js');

/** A push that the remote holds up until the test lets it go on. */
class HeldPush {
  private readonly file = (name: string) => join(this.shop.remote.folder, name);

  constructor(private readonly shop: Shop) {
    // Only the first push is held: those of the undo must get through meanwhile.
    shop.remote.hook(
      'pre-receive',
      `cd ${shop.remote.folder}; if [ ! -e arrived ]; then : > arrived; n=0; ` +
        `while [ ! -e go ] && [ $n -lt 600 ]; do n=$((n+1)); sleep 0.05; done; fi; exit 0`,
    );
  }

  arrived(): Promise<void> {
    return eventually('the push to arrive', () => existsSync(this.file('arrived')));
  }

  /** Lets it go on; resolves when nothing works on the remote any more. */
  async goOn(): Promise<void> {
    writeFileSync(this.file('go'), '');
    await eventually(
      'the remote to be at rest',
      () => (this.shop.server?.busy ?? 0) === 0 && mentioning(this.shop.remote.path).length === 0,
    );
  }
}

function start(mover: Mover, plan: PointerPlan, how: LateMove['how']): ChildProcess {
  const { remote, commits } = mover.shop;
  const fence = mover.shop.fence();
  const claimant = { release: mover.release, cluster: mover.surroundings.cluster };
  const value = nextFence(fence ? { state: 'seen', value: fence } : { state: 'absent' }, claimant, {
    state: 'held',
    step: 'move:api',
    moved: plan.move.ref,
  });
  const text = formatTag({ name: 'fence', commit: commits.second, at: value.since, message: serialiseFence(value) });
  const mktag = (input: string) => execFileSync('git', ['mktag'], { cwd: remote.path, input }).toString().trim();
  if (plan.move.kind === 'tag') mktag(plan.move.tagObject);
  const input: LateMove = {
    how,
    release: mover.release,
    service: mover.service,
    move: plan.move,
    workspaces: join(remote.folder, 'late'),
    cluster: mover.surroundings.cluster,
    push: {
      folder: remote.path,
      fence: 'refs/slipway/shop/production',
      from: remote.ref('refs/slipway/shop/production') ?? '',
      to: mktag(text),
    },
  };
  return fork(program, [JSON.stringify(input)]);
}

describe.each<Transport>(['file', 'http'])('a push that outlives its killed worker, over %s', (transport) => {
  let shop: Shop;
  let late: ChildProcess | undefined;
  beforeEach(async () => void (shop = await Shop.open(transport)));
  afterEach(async () => {
    late?.kill('SIGKILL');
    await shop.close();
  });

  /** Kills the worker while the remote holds its push, undoes the release, and lets the push go on. */
  async function killInTheMiddle(kind: 'tag' | 'branch', how: LateMove['how']) {
    const mover = new Mover(shop, pointers[kind]);
    const plan = await mover.plan();
    await mover.take();
    const held = new HeldPush(shop);
    late = start(mover, plan, how);
    await held.arrived();
    const processes = family([late.pid ?? 0]);
    late.kill('SIGKILL');
    if (how === 'activity') await allGone(processes);
    await mover.raise();
    const undone = await mover.undo(plan);
    await held.goOn();
    return { plan, undone };
  }

  it.each(['tag', 'branch'] as const)('does not land after the undo, sent by the activity (%s)', async (kind) => {
    const { plan, undone } = await killInTheMiddle(kind, 'activity');
    expect(undone.how).toBe('never-moved');
    expect(shop.remote.ref(plan.move.ref)).toBe(plan.move.from);
    expect(shop.fence()).toMatchObject({ state: 'undoing', moved: [] });
  });

  it('does not land after the undo where nothing ends it with its worker', async () => {
    const { plan } = await killInTheMiddle('branch', 'bare');
    expect(shop.remote.ref(plan.move.ref)).toBe(plan.move.from);
    expect(shop.fence()).toMatchObject({ state: 'undoing', moved: [] });
  });

  it('would land after the undo without the fence', async () => {
    const { plan } = await killInTheMiddle('branch', 'unfenced');
    expect(shop.remote.ref(plan.move.ref)).toBe(plan.move.to);
  });
});
