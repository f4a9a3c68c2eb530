import type { Fault } from '../../../examples/github/faults';
import type { App } from '../../../examples/github/world';
import type { Repository } from '../../../release/project';
import { codeOf, Mover, pointers, Shop } from '../pointers/harness';

const makeToken = 'apps/create-installation-access-token';

describe('a GitHub App', () => {
  let shop: Shop;
  let app: App;
  beforeEach(async () => {
    shop = await Shop.open('github');
    app = shop.github!.addApp({ slug: 'slipway-app', permissions: { contents: 'write', metadata: 'read' } });
    shop.variables['APP_KEY'] = app.privateKey;
    const access = { app: { id: String(app.id), privateKey: '${env:APP_KEY}' } };
    const repository: Repository = { ...shop.repository, github: access };
    Object.defineProperty(shop, 'repository', { value: repository });
  });
  afterEach(() => shop.close());

  const calls = (operation: string) => shop.github!.calls.filter((call) => call.operation === operation);

  test('makes a token for many calls, and another one when that is revoked or ends in the middle of a release', async () => {
    const mover = new Mover(shop, pointers.tag);
    const plan = await mover.plan();
    await mover.take();
    expect(calls(makeToken)).toHaveLength(1);
    // By GitHub's clock two hours have gone by: the token has ended, and the clock of this worker is wrong for a claim.
    shop.github!.skewMs = 2 * 3_600_000;
    expect((await mover.move(plan)).how).toBe('moved');
    expect(calls(makeToken).map(({ status }) => status)).toEqual([201, 401, 201]);
    await mover.raise();
    expect((await mover.undo(plan)).how).toBe('restored');
    expect(calls(makeToken)).toHaveLength(3);
    expect(shop.github!.calls.filter(({ operation }) => operation === 'graphql/updateRefs')).toHaveLength(4);
  });

  test('makes tokens anew before they end, whatever their life', async () => {
    app.tokenSeconds = 1;
    const mover = new Mover(shop, pointers.branch);
    const plan = await mover.plan();
    await mover.take();
    expect((await mover.move(plan)).how).toBe('moved');
    expect(shop.remote.ref(plan.move.ref)).toBe(plan.move.to);
  });

  test.each([-120, 120])('works where the clocks differ by %i seconds', async (seconds) => {
    shop.github!.skewMs = seconds * 1_000;
    const mover = new Mover(shop, pointers.tag);
    expect((await mover.plan()).movable.verdict).toBe('passed');
    await mover.take();
    expect(shop.fence()?.state).toBe('held');
  });

  test.each<[string, string, Fault]>([
    [
      'that is suspended',
      'GITHUB_CLOSED',
      { on: makeToken, status: 403, message: 'This installation has been suspended' },
    ],
    ['that is no more', 'GITHUB_CREDENTIALS_REFUSED', { on: makeToken, status: 401, message: 'Integration not found' }],
    ['whose token could not be made', 'REMOTE_UNREACHABLE', { on: makeToken, status: 502 }],
  ])('%s is told so, and it is not the repository’s fault', async (_, code, fault) => {
    shop.github!.fault({ ...fault, times: 20 });
    expect(await codeOf(new Mover(shop, pointers.tag).plan())).toBe(code);
  });

  test('that is not installed at the repository finds none', async () => {
    shop.github!.fault({ on: 'apps/get-repo-installation', status: 404, message: 'Not Found', times: 20 });
    expect(await codeOf(new Mover(shop, pointers.tag).plan())).toBe('GITHUB_REPOSITORY_MISSING');
  });
});
