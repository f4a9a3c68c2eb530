import { createSign } from 'node:crypto';
import type { App } from '../../../examples/github/world';
import { stage, type Stage } from './stage';

const repo = '/repos/acme/shop';

let at: Stage;
beforeAll(async () => {
  at = await stage();
});
beforeEach(() => {
  at.github.skewMs = 0;
  at.repository.visibility = 'private';
});
afterAll(() => at.stop());

test('a token that is unknown, revoked or expired is bad, none at all sees no private repository', async () => {
  const revoked = at.github.addToken({ login: 'ada' });
  at.github.revokeToken(revoked);
  const expired = at.github.addToken({ login: 'ada', expiresAt: new Date(Date.now() - 1000) });
  for (const token of ['nonsense', revoked, expired]) {
    expect(await at.get(repo, { token })).toMatchObject({ status: 401, body: { message: 'Bad credentials' } });
  }
  expect((await at.get(repo, { token: null })).status).toBe(404);
  at.repository.visibility = 'public';
  expect((await at.get(repo, { token: null })).status).toBe(200);
});

test('a token tells when it expires, a classic one its scopes', async () => {
  const expiring = at.github.addToken({ login: 'ada', expiresAt: new Date('2099-02-03T04:05:06Z') });
  const { headers } = await at.get(repo, { token: expiring });
  expect(headers.get('github-authentication-token-expiration')).toBe('2099-02-03 04:05:06 UTC');
  expect(headers.has('x-oauth-scopes')).toBe(false);
  const classic = at.github.addToken({ login: 'ada', scopes: ['repo', 'workflow'] });
  expect((await at.get(repo, { token: classic })).headers.get('x-oauth-scopes')).toBe('repo, workflow');
});

test('what a token lacks is named, what it cannot see is not there', async () => {
  const bare = at.github.addToken({ login: 'ada' });
  expect((await at.get(repo, { token: bare })).status).toBe(200);
  const refused = await at.get(`${repo}/git/ref/heads/main`, { token: bare });
  expect(refused).toMatchObject({ status: 403, body: { message: 'Resource not accessible by personal access token' } });
  expect(refused.headers.get('x-accepted-github-permissions')).toBe('contents=read');
  const other = at.github.addToken({ login: 'ada', permissions: { contents: 'write' }, repositories: ['acme/other'] });
  expect((await at.get(repo, { token: other })).status).toBe(404);
  expect((await at.get(repo, { token: at.github.addToken({ login: 'ada', scopes: ['gist'] }) })).status).toBe(404);
});

test('a person who may only read cannot write with any token', async () => {
  at.github.addUser({ login: 'guest', role: 'read' });
  const body = { ref: 'refs/heads/x', sha: at.commits[0] };
  for (const token of [
    at.github.addToken({ login: 'guest', permissions: { contents: 'write' } }),
    at.github.addToken({ login: 'guest', scopes: ['repo'] }),
  ]) {
    expect((await at.send('POST', `${repo}/git/refs`, body, { token })).status).toBe(403);
  }
});

describe('an app', () => {
  let app: App;
  beforeAll(() => {
    app = at.github.addApp({ slug: 'releaser', permissions: { contents: 'write' }, repositories: ['acme/shop'] });
  });

  const claim = (change: object = {}) => {
    const now = Math.floor(Date.now() / 1000);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iat: now - 30, exp: now + 500, iss: app.id, ...change })}`;
    return `${text}.${createSign('RSA-SHA256').update(text).sign(app.privateKey, 'base64url')}`;
  };
  const tokenFor = (body: object, token = claim()) =>
    at.send('POST', `/app/installations/${app.installationId}/access_tokens`, body, { token });

  test('gets a token of its installation, which writes and ends after an hour', async () => {
    expect((await at.get('/app', { token: claim() })).body).toMatchObject({ slug: 'releaser' });
    for (const path of [`${repo}/installation`, `/app/installations/${app.installationId}`]) {
      expect((await at.get(path, { token: claim() })).body).toMatchObject({ id: app.installationId });
    }
    const made = await tokenFor({ repositories: ['shop'], permissions: { contents: 'write' } });
    expect(made).toMatchObject({ status: 201, body: { permissions: { contents: 'write', metadata: 'read' } } });
    const { token, expires_at } = made.body as { token: string; expires_at: string };
    expect(Math.round((Date.parse(expires_at) - Date.now()) / 60_000)).toBe(60);
    const created = await at.send('POST', `${repo}/git/refs`, { ref: 'refs/heads/x', sha: at.commits[0] }, { token });
    expect(created.status).toBe(201);
    expect((await at.get('/installation/repositories', { token })).body).toMatchObject({ total_count: 1 });
    expect((await at.get('/user', { token })).body).toMatchObject({
      message: 'Resource not accessible by integration',
    });
    at.github.skewMs = 3_601_000;
    expect((await at.get(repo, { token })).status).toBe(401);
  });

  test.each([
    ['expired', () => claim({ exp: Math.floor(Date.now() / 1000) - 1 })],
    ['from a clock that is ahead', () => claim({ iat: Math.floor(Date.now() / 1000) + 120 })],
    ['for longer than ten minutes', () => claim({ exp: Math.floor(Date.now() / 1000) + 3600 })],
    ['of an unknown app', () => claim({ iss: 1 })],
    [
      'signed with another key',
      () => `${claim().split('.').slice(0, 2).join('.')}.${Buffer.from('no').toString('base64url')}`,
    ],
  ])('with a claim %s gets none', async (_, token) => {
    expect((await tokenFor({}, token())).status).toBe(401);
  });

  test('gets no token for more than it was given', async () => {
    expect((await tokenFor({ permissions: { administration: 'write' } })).status).toBe(422);
    expect((await tokenFor({ repositories: ['other'] })).status).toBe(422);
  });
});

test('a repository that is renamed, empty or not there is answered so', async () => {
  at.github.rename(at.repository, 'store');
  const moved = await at.get(`${repo}/git/ref/heads/main`, { redirect: 'manual' });
  expect(moved.status).toBe(301);
  expect(moved.headers.get('location')).toContain(`/repositories/${at.repository.id}/git/ref/heads/main`);
  expect((await at.get(`${repo}/git/ref/heads/main`)).status).toBe(200);
  expect((await at.send('POST', `${repo}/git/refs`, {}, { redirect: 'manual' })).status).toBe(422);
  expect(await at.get('/repos/acme/nothing')).toMatchObject({ status: 404, body: { message: 'Not Found' } });
  for (const name of Object.keys(at.remote.refs())) at.remote.git('update-ref', '-d', name);
  expect(await at.get('/repos/acme/store/git/ref/heads/main')).toMatchObject({
    status: 409,
    body: { message: 'Git Repository is empty.' },
  });
});
