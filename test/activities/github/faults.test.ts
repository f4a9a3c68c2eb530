import { type Fault, secondaryLimit } from '../../../examples/github/faults';
import type { PointerPlan } from '../../../activities/pointers/pointer-kind';
import { codeOf, Mover, pointers, Shop } from '../pointers/harness';

const createTag = 'git/create-tag';
const updateRefs = 'graphql/updateRefs';
const readRefs = 'SlipwayRefs';

describe('a call of GitHub’s API that goes wrong', () => {
  let shop: Shop;
  let mover: Mover;
  let plan: PointerPlan;
  beforeEach(async () => {
    shop = await Shop.open('github');
    mover = new Mover(shop, pointers.tag);
    plan = await mover.plan();
    await mover.take();
  });
  afterEach(() => shop.close());

  const calls = (operation: string) => shop.github!.calls.filter((call) => call.operation === operation).length;
  const isMoved = () => shop.remote.ref(plan.move.ref) === plan.move.to;

  test.each<[string, Fault]>([
    ['cut after it was carried out', { on: updateRefs, cut: 'after' }],
    ['answered 502 although it was carried out', { on: updateRefs, status: 502, effect: true }],
    ['answered late', { on: updateRefs, delayMs: 300 }],
  ])('a change of refs, %s, is seen to be done, and sent once', async (_, fault) => {
    const before = calls(updateRefs);
    shop.github!.fault(fault);
    expect((await mover.move(plan)).how).toBe('moved');
    expect(isMoved()).toBe(true);
    expect(calls(updateRefs) - before).toBe(1);
    expect(shop.fence()?.moved).toEqual([plan.move.ref]);
  });

  test.each<[string, Fault]>([
    ['a change of refs cut before it was carried out', { on: updateRefs, cut: 'before' }],
    ['a change of refs answered 503', { on: updateRefs, status: 503 }],
    ['a tag object answered 500', { on: createTag, status: 500 }],
    ['a tag object whose answer was lost', { on: createTag, cut: 'after' }],
  ])('%s could not be told, is not sent again by itself, and done at the next attempt', async (_, fault) => {
    const before = calls(updateRefs);
    shop.github!.fault(fault);
    expect(await codeOf(mover.move(plan))).toBe('REMOTE_UNREACHABLE');
    expect(calls(updateRefs) - before).toBeLessThanOrEqual(1);
    expect(shop.remote.ref(plan.move.ref)).toBe(plan.move.from);
    expect((await mover.move(plan)).how).toBe('moved');
    expect(isMoved()).toBe(true);
  });

  test('a reading is tried again by itself', async () => {
    shop.github!.fault({ on: readRefs, status: 502, times: 2 });
    expect((await mover.move(plan)).how).toBe('moved');
  });

  test('a reading that lags behind our own write is no conflict: it is looked at again', async () => {
    shop.github!.lag = { reads: 2 };
    expect((await mover.move(plan)).how).toBe('moved');
    expect((await mover.raise())[0]?.how).toBe('raised');
    expect((await mover.undo(plan)).how).toBe('restored');
    expect(calls(updateRefs)).toBe(4);
  });

  test('a limit that is soon over is waited for; nothing is sent meanwhile', async () => {
    shop.github!.fault(secondaryLimit(updateRefs, 1));
    const before = calls(updateRefs);
    expect((await mover.move(plan)).how).toBe('moved');
    expect(calls(updateRefs) - before).toBe(2);
  });

  test('a limit that lasts longer is told, with its end', async () => {
    shop.github!.fault(secondaryLimit(updateRefs, 900));
    await expect(mover.move(plan)).rejects.toMatchObject({
      code: 'GITHUB_RATE_LIMITED',
      details: { until: expect.stringMatching(/^20/) as unknown },
    });
    expect(isMoved()).toBe(false);
  });

  test('a closed API (403 by a rule of the organization) leaves git, which does the same', async () => {
    const message =
      'Although you appear to have the correct authorization credentials, the acme organization has an IP allow list enabled.';
    shop.github!.fault({ on: /graphql/, status: 403, message, times: 100 });
    shop.github!.fault({ on: /\/api\/v3\//, status: 403, message, times: 100 });
    expect((await mover.move(plan)).how).toBe('moved');
    expect(isMoved()).toBe(true);
    await mover.raise();
    expect((await mover.undo(plan)).how).toBe('restored');
    expect(shop.fence()).toMatchObject({ state: 'undoing', undone: [plan.move.ref] });
  });

  test('a change that was on its way when the undo began lands nowhere', async () => {
    const other = new Mover(shop, pointers.tag, mover.release, { workspaces: 'others' });
    shop.github!.fault({ on: updateRefs, delayMs: 1_500 });
    const late = mover.move(plan);
    late.catch(() => undefined);
    const before = calls(updateRefs);
    while (calls(updateRefs) === before) await new Promise((resolve) => setImmediate(resolve));
    await other.raise();
    expect((await other.undo(plan)).how).toBe('never-moved');
    expect(await codeOf(late)).toBe('FENCED');
    expect(shop.remote.ref(plan.move.ref)).toBe(plan.move.from);
  });

  test('a repository that was renamed is followed, and written to under its new name', async () => {
    shop.github!.rename(shop.hosted!, 'store');
    expect((await mover.move(plan)).how).toBe('moved');
    expect(isMoved()).toBe(true);
    const made = shop.github!.calls.filter(({ operation }) => operation === createTag).at(-1);
    expect(made?.path).toContain('/repos/acme/store/');
  });
});
