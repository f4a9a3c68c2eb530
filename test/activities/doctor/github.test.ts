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
function look(token: string): Promise<Examination[]> {
  const repository = { url: `${given.github.url}/acme/shop.git`, trunk: 'main', github: { token: '${env:TOKEN}' } };
  return examine('repositories', { services: [aService('api', { repository })], env: { TOKEN: token } });
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
});
