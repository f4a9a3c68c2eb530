import { createSign } from 'node:crypto';
import type { Examination } from '../../../release/doctor';
import { stage, type Stage } from '../../examples/github/stage';
import { aService } from '../../support/builders';
import { examine, lineOf } from './patient';

let given: Stage;
beforeAll(async () => {
  given = await stage();
});
afterAll(() => given.stop());

/** The repository by its API and by git, with that token. */
function look(token: string, env: Readonly<Record<string, string>> = {}): Promise<Examination[]> {
  const repository = { url: `${given.github.url}/acme/shop.git`, trunk: 'main', github: { token: '${env:TOKEN}' } };
  return examine('repositories', { services: [aService('api', { repository })], env: { TOKEN: token, ...env } });
}

/** A token as a job of GitHub Actions has it: of an installation of an app. */
async function installationToken(): Promise<string> {
  const app = given.github.addApp({ slug: 'actions', permissions: { contents: 'write', metadata: 'read' } });
  const now = Math.floor(Date.now() / 1_000);
  const parts = [
    { alg: 'RS256', typ: 'JWT' },
    { iat: now - 30, exp: now + 500, iss: app.id },
  ];
  const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const claim = `${text}.${createSign('RSA-SHA256').update(text).sign(app.privateKey, 'base64url')}`;
  const path = `/app/installations/${app.installationId}/access_tokens`;
  return ((await given.send('POST', path, {}, { token: claim })).body as { token: string }).token;
}

describe('a repository at GitHub', () => {
  it('passes by its API, whose rules are then known, and stays as it was', async () => {
    const before = given.remote.refs();
    const found = await look(given.token);
    expect(found.filter(({ verdict }) => verdict === 'failed' || verdict === 'unknown')).toEqual([]);
    expect(lineOf(found, 'shop.git: API').verdict).toBe('passed');
    expect(lineOf(found, 'shop.git: rules for the way back of api').verdict).toBe('passed');
    expect(found.map(({ name }) => name)).not.toContain('shop.git: rules');
    expect(given.remote.refs()).toEqual(before);
  });

  it('fails with a token that GitHub does not know, and with one that may only read', async () => {
    const unknown = await look('ghp_0000000000000000000000000000000000000');
    expect(unknown.map(({ verdict }) => verdict)).toContain('failed');
    const reading = given.github.addToken({ login: 'ada', permissions: { contents: 'read', metadata: 'read' } });
    expect(lineOf(await look(reading), 'shop.git: API').verdict).toBe('failed');
    expect(JSON.stringify(unknown)).not.toContain('ghp_000');
  });

  it('is warned of the token of a job of GitHub Actions, where its worker is one', async () => {
    const token = await installationToken();
    const inJob = await look(token, { GITHUB_ACTIONS: 'true' });
    expect(lineOf(inJob, 'shop.git: token')).toMatchObject({ verdict: 'warning', trap: 'actions-token' });
    expect(lineOf(await look(token), 'shop.git: token').verdict).toBe('passed');
    const other = await look(given.token, { GITHUB_ACTIONS: 'true' });
    expect(lineOf(other, 'shop.git: credentials').trap).toBe('actions-token');
  });
});
