import { secondaryLimit } from '../../../examples/github/faults';
import { stage, type Stage } from './stage';

const repo = '/repos/acme/shop';

let at: Stage;
beforeAll(async () => {
  at = await stage();
});
afterEach(() => at.github.faults.clear());
afterAll(() => at.stop());

const create = (name: string) => at.send('POST', `${repo}/git/refs`, { ref: `refs/heads/${name}`, sha: at.commits[0] });
const isThere = (name: string) => at.remote.ref(`refs/heads/${name}`) !== null;

test('a call that is cut before its effect changes nothing, one that is cut after it does', async () => {
  at.github.fault({ on: 'git/create-ref', cut: 'before' });
  await expect(create('before')).rejects.toThrow('fetch failed');
  expect(isThere('before')).toBe(false);
  at.github.fault({ on: 'git/create-ref', cut: 'after' });
  await expect(create('after')).rejects.toThrow('fetch failed');
  expect(isThere('after')).toBe(true);
  expect(at.github.calls.at(-1)).toMatchObject({ operation: 'git/create-ref', status: null });
});

test('a status comes in place of the effect, or after it', async () => {
  at.github.fault({ on: 'git/create-ref', status: 503 });
  expect((await create('refused')).status).toBe(503);
  expect(isThere('refused')).toBe(false);
  at.github.fault({ on: 'git/create-ref', status: 502, effect: true });
  expect((await create('done')).status).toBe(502);
  expect(isThere('done')).toBe(true);
});

test('a fault strikes as often as is wanted, from the call that is wanted, and no other operation', async () => {
  at.github.fault({ on: 'git/get-ref', status: 500, skip: 1, times: 2 });
  const seen = [];
  for (let call = 0; call < 5; call += 1) {
    seen.push((await at.get(call === 2 ? `${repo}/branches` : `${repo}/git/ref/heads/main`)).status);
  }
  expect(seen).toEqual([200, 500, 200, 500, 200]);
  expect(at.github.faults.left).toBe(0);
});

test('a GraphQL call is struck by its root fields, by its name or by a pattern', async () => {
  for (const on of ['graphql/viewer', 'Who', /graphql\/vie/, /^POST \/api\/graphql$/]) {
    at.github.fault({ on, status: 502 });
    expect((await at.graphql('query Who { viewer { login } }')).status).toBe(502);
  }
});

test('a delay holds the answer back until it is over', async () => {
  at.github.fault({ on: 'users/get-authenticated', delayMs: 30 });
  expect((await at.get('/user')).status).toBe(200);
});

test('stopping ends a delay, and the call that waited for it is not carried out', async () => {
  const other = await stage();
  other.github.fault({ on: 'git/create-ref', delayMs: 600_000 });
  const body = { ref: 'refs/heads/late', sha: other.commits[0] };
  const late = other.send('POST', `${repo}/git/refs`, body).catch((problem: unknown) => problem);
  while (other.github.faults.left > 0) await new Promise((resolve) => setImmediate(resolve));
  await other.github.stop();
  expect(await late).toHaveProperty('message', 'fetch failed');
  expect(other.remote.ref('refs/heads/late')).toBeNull();
  other.remote.remove();
});

test('the secondary limit is announced as GitHub does', async () => {
  at.github.fault(secondaryLimit('git/get-ref', 7));
  const { status, headers, body } = await at.get(`${repo}/git/ref/heads/main`);
  expect(status).toBe(403);
  expect(headers.get('retry-after')).toBe('7');
  expect(body).toMatchObject({ message: expect.stringContaining('secondary rate limit') as string });
});
