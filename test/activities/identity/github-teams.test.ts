import { createIdentityActivities } from '../../../activities/identity';
import { secondaryLimit } from '../../../examples/github/faults';
import { startGitHub, type GitHub } from '../../../examples/github/start-github';
import { anAttempt, someSurroundings } from '../../support/attempts';

describe('who is in a team of GitHub', () => {
  let github: GitHub;
  let token: string;
  beforeAll(async () => {
    github = await startGitHub();
    for (const login of ['ada-l', 'grace-h', 'linus-t', 'slipway']) github.addUser({ login });
    github.addTeam({ org: 'shop', slug: 'ops', members: ['ada-l'], invited: ['grace-h'] });
    github.addTeam({ org: 'shop', slug: 'leads', members: ['Ada-L', 'linus-t'] });
    token = github.addToken({ login: 'slipway', permissions: { metadata: 'read', members: 'read' } });
  });
  afterEach(() => github.faults.clear());
  afterAll(() => github.stop());

  const ask = (login: string, slugs = ['ops', 'leads'], auth = token) =>
    createIdentityActivities(someSurroundings({ GITHUB_TOKEN: auth })).proveDecision(
      {
        recipient: { id: 'release/shop/production/1.2.0/1', runId: 'run' },
        decision: { kind: 'approve', id: 'd1' },
        signature: null,
        membership: { login, teams: slugs.map((slug) => ({ name: `our ${slug}`, org: 'shop', slug })) },
        repository: { url: `${github.url}/acme/shop.git`, trunk: 'main', github: { token: '${env:GITHUB_TOKEN}' } },
      },
      anAttempt(),
    );

  test('is told for every team that is asked for, and an invitation is none', async () => {
    expect(await ask('ada-l')).toEqual({ verdict: 'passed', detail: '', teams: ['our ops', 'our leads'] });
    expect(await ask('LINUS-T')).toMatchObject({ verdict: 'passed', teams: ['our leads'] });
    expect(await ask('grace-h')).toMatchObject({ verdict: 'passed', teams: [] });
    expect(await ask('nobody', ['ops', 'unknown'])).toMatchObject({ verdict: 'passed', teams: [] });
  });

  test('is not known where GitHub does not let us ask', async () => {
    const weak = github.addToken({ login: 'slipway', permissions: { metadata: 'read' } });
    expect(await ask('ada-l', ['ops'], weak)).toEqual({
      verdict: 'unknown',
      detail: expect.stringMatching(
        /^GitHub did not tell whether ada-l is in our ops \(Resource not accessible/,
      ) as string,
      teams: [],
    });
  });

  test.each([
    ['is down', { on: /memberships/, cut: 'before', times: 100 } as const],
    ['has trouble', { on: /memberships/, status: 503, times: 100 } as const],
    ['is asked too often', secondaryLimit(/memberships/, 900, 100)],
  ])('is not known while GitHub %s', async (_, fault) => {
    github.fault(fault);
    expect(await ask('ada-l')).toMatchObject({ verdict: 'unknown', teams: [] });
  });

  test('one team that has them is enough, although another one gave no answer', async () => {
    github.fault({ on: /teams\/ops/, cut: 'before', times: 100 });
    expect(await ask('linus-t')).toMatchObject({ verdict: 'passed', teams: ['our leads'] });
  });
});
