import { stage, type Stage } from './stage';

const ref = '/repos/acme/shop/git/ref/heads/main';

let at: Stage;
beforeAll(async () => {
  at = await stage();
});
beforeEach(() => {
  at.github.skewMs = 0;
  at.github.limits.set('ada', 'core', 5000);
  at.github.limits.set('ada', 'graphql', 5000);
});
afterAll(() => at.stop());

test('what has not changed is answered with 304, which is not counted', async () => {
  const first = await at.get(ref);
  const etag = first.headers.get('etag') ?? '';
  const again = await at.get(ref, { headers: { 'if-none-match': etag } });
  expect(again.status).toBe(304);
  expect(again.headers.get('x-ratelimit-remaining')).toBe(first.headers.get('x-ratelimit-remaining'));
  expect(at.github.calls.slice(-2).map(({ counted }) => counted)).toEqual([true, false]);
  at.remote.commit('main', { message: 'four' });
  expect((await at.get(ref, { headers: { 'if-none-match': etag } })).status).toBe(200);
});

test('the primary limit ends with 403 until it is reset, and asking for it is free', async () => {
  at.github.limits.set('ada', 'core', 2);
  expect((await at.get(ref)).headers.get('x-ratelimit-remaining')).toBe('1');
  expect((await at.get(ref)).headers.get('x-ratelimit-remaining')).toBe('0');
  const refused = await at.get(ref);
  expect(refused).toMatchObject({
    status: 403,
    body: { message: expect.stringContaining('API rate limit exceeded') as string },
  });
  expect(refused.headers.get('x-ratelimit-remaining')).toBe('0');
  expect(Number(refused.headers.get('x-ratelimit-reset'))).toBeGreaterThan(Date.now() / 1000);
  expect((await at.get('/rate_limit')).body).toMatchObject({ rate: { limit: 2, used: 2, remaining: 0 } });
  at.github.skewMs = 3_601_000;
  expect((await at.get(ref)).status).toBe(200);
});

test('GraphQL has a limit of its own and says so with 200', async () => {
  at.github.limits.set('ada', 'graphql', 1);
  expect((await at.graphql('{ rateLimit { limit remaining } }')).body).toMatchObject({
    data: { rateLimit: { limit: 1 } },
  });
  expect(await at.graphql('{ viewer { login } }')).toMatchObject({
    status: 200,
    body: { errors: [{ type: 'RATE_LIMITED' }] },
  });
  expect((await at.get(ref)).status).toBe(200);
});

test('the clock can be wrong', async () => {
  at.github.skewMs = 600_000;
  const { headers } = await at.get(ref);
  expect(Date.parse(headers.get('date') ?? '')).toBeGreaterThan(Date.now() + 500_000);
  expect(headers.get('x-github-request-id')).toMatch(/^[0-9A-F]+$/);
});
