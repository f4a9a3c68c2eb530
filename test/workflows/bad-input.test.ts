/** What was asked wrongly, or of a shop that is not as it should be: a clear error, and nothing changed. */
import { git } from '../../examples/shop/git';
import { addCommits } from '../../examples/shop/history';
import { expectUnchanged, footprint } from '../support/nothing-changed';
import { ask, service, stopped, text } from '../support/refused-releases';
import { startSlipway, type ReleaseUnderTest, type Slipway } from '../support/slipway';

let slipway: Slipway;

beforeAll(async () => {
  slipway = await startSlipway();
});
afterAll(() => slipway.stop());

/** A version that is on the trunk, but from which the trunk has gone on without its files. */
async function aVersion(version: string, files: Readonly<Record<string, string>>): Promise<void> {
  await slipway.shop.commit({ author: 'linus', subject: `Version ${version}`, files, version });
  const gone = Object.fromEntries(Object.keys(files).map((path) => [path, null]));
  await slipway.shop.commit({ author: 'linus', subject: `Not so`, files: gone });
}

const migration = (name: string, up: string, down?: string): Record<string, string> => ({
  [`db/migrations/${name}.up.sql`]: up,
  ...(down === undefined ? {} : { [`db/migrations/${name}.down.sql`]: down }),
});

/** Changes refs without anybody hearing of it, so that no host builds. */
const quietly = (...args: string[]) =>
  git(['-c', 'core.hooksPath=/dev/null', 'update-ref', ...args], { folder: slipway.shop.remote });

describe('a version', () => {
  test('that nobody made is unknown, and those that are near are named', async () => {
    const { failure } = await stopped(slipway, '1.1.1');
    expect(failure).toMatchObject({
      code: 'VERSION_UNKNOWN',
      message: text(/^Service (api|web): there is no version 1\.1\.1: .*shop\.git has no tag release\/v1\.1\.1\.$/),
      todo: text(/^Known versions: .*1\.1\.0/),
    });
  });

  test('of a commit that is nowhere is unknown', async () => {
    const { failure } = await stopped(slipway, '1.1.0', undefined, 'abcdef0123');
    expect(failure).toMatchObject({ code: 'VERSION_UNKNOWN', message: text(/no single commit abcdef0123 on main/) });
  });

  test('that is not on the trunk is refused, for every service', async () => {
    await slipway.shop.push('main:refs/heads/side');
    await slipway.shop.commit({ author: 'ada', subject: 'A side way', files: { side: '1' }, version: '2.0.0' }, 'side');
    const { failure } = await stopped(slipway, '2.0.0');
    expect(failure).toMatchObject({
      code: 'GATES_CLOSED',
      message: text(/^2 gates are closed: trunk:api \(\w{10} is not on main: merge it first\); trunk:web \(/),
      todo: 'Mend what the gates name, then release again.',
    });
  });

  test('that is live already is refused', async () => {
    const { failure } = await stopped(slipway, '1.0.0');
    expect(failure).toMatchObject({
      code: 'ALREADY_LIVE',
      message: 'Version 1.0.0 is already live in production.',
      todo: 'There is nothing to do.',
    });
  });

  test('that makes no tag is refused before anything is looked for', async () => {
    await expect(ask(slipway, '1.0..0')).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      message: text(/it holds "\.\."/),
    });
  });
});

describe('a pointer', () => {
  test('whose tag is there already and points elsewhere closes the gate, and says both commits', async () => {
    const { shop } = slipway;
    await quietly('refs/tags/v1.3.0', await shop.commitOf('1.1.0'));
    const { failure } = await stopped(slipway, '1.3.0');
    await quietly('-d', 'refs/tags/v1.3.0');
    const [there, wanted] = [await shop.commitOf('1.1.0'), await shop.commitOf('1.3.0')].map((id) => id.slice(0, 10));
    expect(failure).toMatchObject({
      code: 'GATES_CLOSED',
      message: `A gate is closed: pointer:api (tag v1.3.0 is there already and names ${there}, not ${wanted}: choose another version, or delete the tag if nothing ever ran from it).`,
    });
  });

  test('whose branch has diverged closes the gate', async () => {
    const { shop } = slipway;
    const first = await shop.resolve('refs/heads/production');
    await addCommits(shop.remote, 'refs/heads/production', [{ author: 'ada', subject: 'Hot', files: { hot: '1' } }]);
    const { failure } = await stopped(slipway, '1.1.0');
    const at = (await shop.resolve('refs/heads/production')).slice(0, 10);
    await quietly('refs/heads/production', first);
    expect(failure).toMatchObject({
      code: 'GATES_CLOSED',
      message: text(
        new RegExp(`pointer:web \\(branch production at ${at} is no ancestor of \\w{10}: bring it back to a commit`),
      ),
    });
  });

  test('that another takes while approval is awaited is seen before anything is changed', async () => {
    const { shop } = slipway;
    const release = await slipway.release('1.3.0');
    await release.in('awaiting approval');
    await quietly('refs/tags/v1.3.0', await shop.commitOf('1.1.0'));
    const { refs, pushes, running, ...before } = await footprint(slipway);
    await release.approve();
    expect(await release.result()).toMatchObject({ outcome: 'stopped', failure: { code: 'GATES_CLOSED' }, undone: [] });
    await quietly('-d', 'refs/tags/v1.3.0');
    // The environment was held, and was let go: only its fence tells of that.
    const after = await footprint(slipway);
    expect(after).toMatchObject(before);
    expect(running).toEqual([release.id]);
    const changed = Object.keys(after.refs).filter((ref) => after.refs[ref] !== refs[ref]);
    const fence = `refs/slipway/${slipway.project.name}/production`;
    expect({ changed, updates: after.pushes - pushes }).toEqual({ changed: [fence], updates: 2 });
    expect(await shop.resolve(fence)).toBeTruthy();
    expect(await git(['for-each-ref', '--format=%(contents)', 'refs/slipway/'], { folder: shop.remote })).toMatch(
      /free/,
    );
  });
});

describe('a reference to a variable', () => {
  test('that is not set is told with all others, with their places, though only the way back needs them', async () => {
    const edit = service('api', (api) => ({
      ...api,
      live: { ...api.live, headers: { 'x-token': '${env:LIVE_TOKEN}' } },
      pointer: {
        ...api.pointer,
        builds: {
          ...api.pointer.builds,
          cancel: { url: '${env:CANCEL_URL}/${env:LIVE_TOKEN}', method: 'POST', headers: {} },
        },
      },
    }));
    const { failure } = await stopped(slipway, '1.1.0', edit);
    expect(failure).toMatchObject({
      code: 'ENV_REFERENCE_UNDEFINED',
      message:
        'These environment variables are not set on the worker: CANCEL_URL, LIVE_TOKEN (needed by services.api.pointer (CANCEL_URL, LIVE_TOKEN), services.api.live (LIVE_TOKEN)).',
      todo: text(/^Set CANCEL_URL, LIVE_TOKEN where the worker of this environment runs/),
    });
  });
});

describe('a migration', () => {
  test('that cannot be undone, cannot run in a transaction, or ends it, closes the gate with every place', async () => {
    await aVersion('2.1.0', {
      ...migration('010_lonely', 'select 1;'),
      ...migration('011_concurrent', 'select 1;\ncreate index concurrently i on books (title);', 'drop index i;'),
      ...migration('012_vacuum', 'vacuum books;', 'select 1;'),
      ...migration('013_commit', 'alter table books add a text;\ncommit;\nselect 1;', 'select 1;'),
      ...migration('014_typo', 'alter tabel books add a text;', 'select 1;'),
    });
    const { failure } = await stopped(slipway, '2.1.0');
    const message = failure?.message ?? '';
    expect(failure).toMatchObject({ code: 'GATES_CLOSED', message: text(/^A gate is closed: migrations:api \(/) });
    for (const problem of [
      /010_lonely\.up\.sql: it has no rollback script 010_lonely\.down\.sql beside it/,
      /011_concurrent\.up\.sql:2:1: CREATE INDEX CONCURRENTLY cannot run inside a transaction; support for it is coming/,
      /012_vacuum\.up\.sql:1:1: VACUUM cannot run inside a transaction; support for it is coming/,
      /013_commit\.up\.sql:2:1: .*COMMIT/i,
      /014_typo\.up\.sql:1:\d+: .*syntax error/,
    ]) {
      expect(message).toMatch(problem);
    }
  });
});

describe('a release that is under way', () => {
  test('is not started a second time, and is not disturbed by the attempt', async () => {
    const first = await slipway.release('1.1.0');
    await first.in('awaiting approval');
    const before = await footprint(slipway);
    await expect(slipway.release('1.1.0')).rejects.toMatchObject({
      code: 'RELEASE_RUNNING',
      message: `Release ${first.id} of the same version is still running.`,
      todo: `Watch it with \`slipway watch ${first.id}\`.`,
    });
    await expectUnchanged(slipway, before);
    expect((await first.state()).phase).toBe('awaiting approval');
    await first.decide('reject', { by: 'linus' });
    await first.result();
  });

  test('takes no approval of another plan, and none once it is finished', async () => {
    const release = await slipway.release('1.1.0');
    const { plan } = await release.in('awaiting approval');
    const before = await footprint(slipway);
    await expect(release.decide('approve', { by: 'ada', digest: 'f'.repeat(64) })).rejects.toMatchObject({
      code: 'DECISION_REFUSED',
      message: `Your decision was not accepted: it names plan ffffffffffff, but the plan is now ${plan!.digest.slice(0, 12)}: read that one, then approve it.`,
      todo: `Look at \`slipway status ${release.id}\`.`,
    });
    await expectUnchanged(slipway, before);
    await release.decide('reject', { by: 'linus', comment: 'no' });
    await release.result();
    const after = await footprint(slipway);
    await expect(release.approve()).rejects.toMatchObject({
      code: 'RELEASE_FINISHED',
      message: `Release ${release.id} is finished (rejected): your decision was not counted.`,
      todo: text(/slipway status release\//),
    });
    await expectUnchanged(slipway, after);
    expect((await release.state()).approvals).toEqual([]);
  });
});

// The last: from here on something is live that was released.
describe('once 1.1.0 was released', () => {
  let finished: ReleaseUnderTest;
  beforeAll(async () => {
    finished = await slipway.approved('1.1.0');
    expect(await finished.result()).toMatchObject({ outcome: 'finished' });
  });

  test('it is not released again, and neither is what was before it', async () => {
    expect((await stopped(slipway, '1.1.0')).failure?.code).toBe('ALREADY_LIVE');
    expect((await stopped(slipway, '1.0.0')).failure).toMatchObject({
      code: 'GATES_CLOSED',
      message: text(/newer:api \(older than what is live, 1\.1\.0 \(\w{10}\): choose a newer version\)/),
    });
  });

  test('its migration may not be edited', async () => {
    const down = 'alter table books drop column author;\n';
    await aVersion('2.2.0', migration('001_author', 'alter table books add column author varchar;\n', down));
    expect((await stopped(slipway, '2.2.0')).failure).toMatchObject({
      code: 'GATES_CLOSED',
      message: text(
        /migrations:api \(db\/migrations\/001_author\.up\.sql: it has already run with other contents; put those back/,
      ),
    });
  });

  test('no migration may come before its own', async () => {
    await aVersion('2.3.0', migration('000_late', 'alter table books add late text;', 'alter table books drop late;'));
    expect((await stopped(slipway, '2.3.0')).failure).toMatchObject({
      code: 'GATES_CLOSED',
      message: text(
        /000_late\.up\.sql: it sorts before 001_author, which has already run; rename it so that it sorts last/,
      ),
    });
  });

  test('nothing can be said to it any more', async () => {
    const before = await footprint(slipway);
    for (const kind of ['approve', 'reject', 'pause', 'resume', 'skipWait', 'rollback', 'resolve'] as const) {
      const words = {
        by: 'ada',
        digest: '0123456789ab',
        comment: 'late',
        ...(kind === 'resolve' ? { action: 'retry' as const } : {}),
      };
      await expect(finished.decide(kind, words)).rejects.toMatchObject({ code: 'RELEASE_FINISHED' });
    }
    await expectUnchanged(slipway, before);
  });
});
