import { createIdentityActivities } from '../../../activities/identity';
import { startGitHub, type GitHub } from '../../../examples/github/start-github';
import { secondaryLimit } from '../../../examples/github/faults';
import { anAttempt, someSurroundings } from '../../support/attempts';
import { SshKeys } from '../../support/ssh-keys';

const keys = new SshKeys();
const own = keys.make('own');
const text = 'what is decided';
const ssh = keys.sign(own, text);

describe('a key that only GitHub knows', () => {
  let github: GitHub;
  let user: ReturnType<GitHub['addUser']>;
  let token: string;
  beforeAll(async () => {
    github = await startGitHub();
    user = github.addUser({ login: 'ada-l' });
    github.addUser({ login: 'slipway' });
    token = github.addToken({ login: 'slipway', permissions: { metadata: 'read' } });
  });
  beforeEach(() => {
    user.keys.length = 0;
    user.signingKeys.length = 0;
    github.faults.clear();
  });
  afterAll(async () => {
    await github.stop();
    keys.clear();
  });

  const prove = (login = 'ada-l', signed = text) =>
    createIdentityActivities(someSurroundings({ GITHUB_TOKEN: token })).proveDecision(
      {
        recipient: { id: 'release/shop/production/1.2.0/1', runId: 'run' },
        decision: { kind: 'approve', id: 'd1' },
        signature: { text: signed, ssh, at: '', fingerprint: 'SHA256:x', keyIsKnown: false, login, isOld: false },
        membership: { login, teams: [] },
        repository: { url: `${github.url}/acme/shop.git`, trunk: 'main', github: { token: '${env:GITHUB_TOKEN}' } },
      },
      anAttempt(),
    );

  test.each(['keys', 'signingKeys'] as const)(
    'counts if it is among the %s of the login, also behind many',
    async (which) => {
      user[which].push(...Array.from({ length: 120 }, (_, n) => `ssh-rsa AAAAB3NzaC1yc2E${n}`), own.publicKey);
      expect(await prove('ADA-L')).toEqual({ verdict: 'passed', detail: '', teams: [] });
    },
  );

  test('does not count if the login has no such key, or no more', async () => {
    user.keys.push(own.publicKey);
    expect((await prove()).verdict).toBe('passed');
    user.keys.length = 0;
    expect(await prove()).toEqual({
      teams: [],
      verdict: 'failed',
      detail: expect.stringMatching(/no key of ada-l at GitHub/) as string,
    });
    expect(await prove('nobody')).toMatchObject({ verdict: 'failed', detail: 'GitHub knows no user nobody' });
  });

  test('is not asked for where the signature does not fit anyway', async () => {
    const calls = github.calls.length;
    expect(await prove('ada-l', 'other words')).toMatchObject({
      verdict: 'failed',
      detail: expect.stringMatching(/does not fit/) as string,
    });
    expect(github.calls).toHaveLength(calls);
  });

  test.each([
    ['is down', { on: /users/, cut: 'before', times: 100 } as const],
    ['has trouble', { on: /users/, status: 502, times: 100 } as const],
    ['is asked too often', secondaryLimit(/users/, 900, 100)],
    ['does not let us ask', { on: /users/, status: 403, message: 'Forbidden', times: 100 } as const],
  ])('is neither right nor wrong while GitHub %s', async (_, fault) => {
    user.keys.push(own.publicKey);
    github.fault(fault);
    expect(await prove()).toMatchObject({
      verdict: 'unknown',
      detail: expect.stringMatching(/^GitHub did not tell ada-l’s keys: /) as string,
    });
  });
});
