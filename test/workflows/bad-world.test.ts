/** A git remote or a database that does not answer, or says no: a clear error, no secret in it, and nothing changed. */
import { git } from '../../examples/shop/git';
import { refusingUrl } from '../support/faulty-server';
import { GitHttpServer } from '../support/git-http';
import { expectUnchanged, footprint } from '../support/nothing-changed';
import { startOwnPostgres } from '../support/own-postgres';
import { ask, service, stopped, text, type Edit } from '../support/refused-releases';
import { startSlipway, type Slipway } from '../support/slipway';
import type { ReleaseResult } from '../../release/state';

/** Variables of the worker that a test sets. */
const env: Record<string, string> = {};
let slipway: Slipway;

beforeAll(async () => {
  slipway = await startSlipway({ env });
});
afterAll(() => slipway.stop());

/** Every repository of the project at another address. */
const withRemote =
  (url: string): Edit =>
  (project) =>
    Object.keys(project.services).reduce(
      (changed, name) => service(name, (one) => ({ ...one, repository: { ...one.repository, url } }))(changed),
      project,
    );
const withDatabase = (url: string): Edit => service('api', (api) => ({ ...api, database: { ...api.database!, url } }));

/** How often an activity was begun anew: the attempts of those that have ended. */
async function attempts(id: string): Promise<number[]> {
  const { events } = await slipway.client.workflow.getHandle(id).fetchHistory();
  return (events ?? []).flatMap(({ activityTaskStartedEventAttributes: started }) => started?.attempt ?? []);
}

describe('a git remote', () => {
  test('that is not there is told at once, without a second try', async () => {
    const release = await ask(slipway, '1.1.0', withRemote(`${slipway.shop.folder}/nowhere.git`));
    expect((await release.result()).failure).toMatchObject({
      code: 'REMOTE_MISSING',
      message: text(
        /^There is no git repository at \/.*nowhere\.git, or the worker may not see it: .*not appear to be a git/,
      ),
      todo: text(/`repository\.url` in slipway\.yaml/),
    });
    expect(await attempts(release.id)).toEqual([1]);
    expect((await stopped(slipway, '1.1.0', withRemote(`${slipway.shop.folder}/nowhere.git`))).failure?.code).toBe(
      'REMOTE_MISSING',
    );
  });

  test('whose host answers nobody is unreachable, and told after some tries', async () => {
    const { failure } = await stopped(slipway, '1.1.0', withRemote(`${await refusingUrl()}/shop.git`));
    expect(failure).toMatchObject({
      code: 'REMOTE_UNREACHABLE',
      message: text(/^The git remote http:\/\/127\.0\.0\.1:\d+\/shop\.git does not answer: .*(refused|connect)/),
    });
  });

  describe('over HTTP', () => {
    let server: GitHttpServer;
    beforeAll(async () => {
      server = await GitHttpServer.start(slipway.shop.folder);
    });
    afterAll(() => server.stop());
    afterEach(() => {
      server.login = undefined;
    });

    test('that refuses the credentials is told at once, and the password nowhere', async () => {
      server.login = { user: 'ada', password: 'right' };
      env['REMOTE_URL'] = server.url('shop.git', 'ada:wr0ng-s3cret');
      const release = await ask(slipway, '1.1.0', withRemote('${env:REMOTE_URL}'));
      expect((await release.result()).failure).toMatchObject({
        code: 'REMOTE_DENIED',
        message: text(/^The git remote http:\/\/\S*127\.0\.0\.1:\d+\/shop\.git refused the credentials: /),
        todo: text(/^Check the user, password, token or key/),
      });
      expect(await attempts(release.id)).toEqual([1]);
      const history = JSON.stringify(await slipway.client.workflow.getHandle(release.id).fetchHistory());
      const state = JSON.stringify(await release.state());
      expect(history + state).not.toMatch(/wr0ng/);
      expect(decoded(history)).not.toMatch(/wr0ng/);
      await stopped(slipway, '1.1.0', withRemote('${env:REMOTE_URL}'));
    });

    test('that asks for credentials where there are none does not wait for a person to type them', async () => {
      server.login = { user: 'ada', password: 'right' };
      const { failure } = await stopped(slipway, '1.1.0', withRemote(server.url('shop.git')));
      expect(failure).toMatchObject({
        code: 'REMOTE_DENIED',
        message: text(/terminal prompts disabled|could not read/),
      });
    });

    test('that has no such repository is told at once', async () => {
      const { failure } = await stopped(slipway, '1.1.0', withRemote(server.url('else.git')));
      expect(failure).toMatchObject({ code: 'REMOTE_MISSING', message: text(/else\.git.* not found/) });
    });

    test('that lets us read and not push closes the gate before anybody is asked to approve', async () => {
      await git(['config', 'http.receivepack', 'false'], { folder: slipway.shop.remote });
      const { failure } = await stopped(slipway, '1.1.0', withRemote(server.url('shop.git')));
      await git(['config', 'http.receivepack', 'true'], { folder: slipway.shop.remote });
      expect(failure).toMatchObject({
        code: 'GATES_CLOSED',
        message: text(/remote:api \(http:\S*\/shop\.git takes no pushes from this worker: .*let its user push/),
      });
    });

    test('that goes away while approval is awaited stops the release, and the environment is free again', async () => {
      env['REMOTE_URL'] = server.url('shop.git');
      const before = await footprint(slipway);
      const release = await ask(slipway, '1.1.0', withRemote('${env:REMOTE_URL}'));
      await release.in('awaiting approval');
      env['REMOTE_URL'] = server.url('moved.git');
      await release.approve();
      expect(await release.result()).toMatchObject({ outcome: 'stopped', failure: { code: 'REMOTE_MISSING' } });
      await expectUnchanged(slipway, before);
    });
  });
});

describe('a database', () => {
  const answers = async (url: string): Promise<ReleaseResult> => {
    env['DATABASE_URL'] = url;
    return stopped(slipway, '1.1.0', withDatabase('${env:DATABASE_URL}'));
  };

  test('whose server was stopped cannot be told of', async () => {
    const server = await startOwnPostgres();
    await server.stop();
    const { failure } = await answers(server.url);
    expect(failure).toMatchObject({
      code: 'GATES_UNKNOWN',
      message: text(/database:api \(The database of api does not answer: connect ECONNREFUSED 127\.0\.0\.1:\d+/),
      todo: 'Mend what keeps them from answering, then release again.',
    });
  });

  test.each([
    [
      'refuses the password',
      (url: URL) => void (url.password = 'wr0ng-s3cret'),
      /refused the login: password auth.*SQLSTATE 28P01/,
    ],
    [
      'is not there',
      (url: URL) => void (url.pathname = '/nowhere'),
      /refused the login: database "nowhere" does not exist/,
    ],
    [
      'is read-only',
      (url: URL) => url.searchParams.set('options', '-c default_transaction_read_only=on'),
      /it is read-only \(default_transaction_read_only is on\)/,
    ],
  ])('that %s closes the gate, and its password is nowhere', async (_, change, words) => {
    const url = new URL(slipway.shop.databaseUrl);
    const password = url.password;
    change(url);
    const { failure } = await answers(url.href);
    expect(failure).toMatchObject({ code: 'GATES_CLOSED', message: text(/^A gate is closed: database:api \(/) });
    expect(failure?.message).toMatch(words);
    expect(JSON.stringify(failure)).not.toContain(password);
    expect(JSON.stringify(failure)).not.toContain('wr0ng');
  });

  test('whose address is none is told so, without the address', async () => {
    const { failure } = await answers('mysql://root:wr0ng-s3cret@127.0.0.1/shop');
    expect(failure).toMatchObject({ code: 'GATES_CLOSED', message: text(/is no PostgreSQL address/) });
    expect(JSON.stringify(failure)).not.toContain('wr0ng');
  });

  test('that goes away while approval is awaited stops the release, and the environment is free again', async () => {
    env['DATABASE_URL'] = slipway.shop.databaseUrl;
    const release = await ask(slipway, '1.1.0', withDatabase('${env:DATABASE_URL}'));
    await release.in('awaiting approval');
    const { refs, pushes, ...before } = await footprint(slipway);
    env['DATABASE_URL'] = 'postgres://nobody@127.0.0.1:1/shop';
    await release.approve();
    expect(await release.result()).toMatchObject({ outcome: 'stopped', failure: { code: 'GATES_UNKNOWN' } });
    const { refs: after, pushes: more, ...rest } = await footprint(slipway);
    expect({ ...rest, running: [] }).toEqual({ ...before, running: [] });
    expect(Object.keys(after).filter((ref) => !(ref in refs) && !ref.startsWith('refs/slipway/'))).toEqual([]);
    expect(more).toBeGreaterThanOrEqual(pushes);
  });
});

/** A history's payloads, readable. */
function decoded(history: string): string {
  return [...history.matchAll(/"data":"([A-Za-z0-9+/=]+)"/g)]
    .map(([, data]) => Buffer.from(data!, 'base64'))
    .join('\n');
}
