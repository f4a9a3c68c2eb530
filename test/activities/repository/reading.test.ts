import {
  checkPush,
  commitsBetween,
  contributorsBetween,
  findCommit,
  isAncestor,
  nameCommit,
  readFile,
  readFolder,
  relationTo,
  resolveVersion,
} from '../../../activities/repository';
import { liveFact } from '../../../activities/survey/live-fact';
import type { VersionSource } from '../../../release/project';
import { aService } from '../../support/builders';
import { GitHttpServer } from '../../support/git-http';
import { GitRemote } from '../../support/git-remote';
import { fetched } from './world';

const builds = { settle: 0, patience: 0 };

describe('a version', () => {
  let remote: GitRemote;
  let commits: string[];
  beforeEach(() => {
    remote = new GitRemote();
    const version = (number: string) => ({
      'package.json': `{"app":{"version":"${number}"}}`,
      'app.yaml': `v: ${number}\n`,
    });
    commits = [
      remote.commit('main', { message: 'Begin', files: version('1.0.0') }),
      remote.commit('main', { message: 'Work', files: { 'a.txt': 'a' } }),
      remote.commit('main', { message: 'Version 1.1.0', files: version('1.1.0') }),
      remote.commit('main', { message: 'Break the manifest', files: { 'package.json': '{' } }),
      remote.commit('main', { message: 'Mend it', files: version('1.1.0') }),
    ];
    remote.tag('release/v1.0.0', commits[0] ?? '');
    remote.git('tag', 'release/v1.1.0', commits[2] ?? '');
    remote.tag('unrelated', commits[1] ?? '');
  });
  afterEach(() => remote.remove());

  const resolve = (version: string, source: VersionSource) =>
    fetched(remote, (workspace) => resolveVersion(workspace, { service: 'api', version, source, trunk: 'main' }), {
      depth: 'trees',
    });
  const byTag: VersionSource = { kind: 'tag', pattern: 'release/v{version}' };
  const byManifest: VersionSource = { kind: 'manifest', file: 'package.json', field: 'app.version' };

  it('is the commit of its tag, annotated or not', async () => {
    expect(await resolve('1.0.0', byTag)).toBe(commits[0]);
    expect(await resolve('1.1.0', byTag)).toBe(commits[2]);
  });

  it('that no tag names is unknown, and the nearest ones are named', async () => {
    await expect(resolve('1.1.O', byTag)).rejects.toMatchObject({
      code: 'VERSION_UNKNOWN',
      todo: 'Known versions: 1.1.0, 1.0.0.',
    });
  });

  it('that cannot be part of a tag is malformed', async () => {
    await expect(resolve('1..0', byTag)).rejects.toMatchObject({ code: 'VERSION_MALFORMED' });
  });

  it('is the trunk commit that first gave the manifest that version', async () => {
    expect(await resolve('1.0.0', byManifest)).toBe(commits[0]);
    expect(await resolve('1.1.0', byManifest)).toBe(commits[2]);
    expect(await resolve('1.1.0', { kind: 'manifest', file: 'app.yaml', field: 'v' })).toBe(commits[2]);
  });

  it('that the manifest never had is unknown, and the nearest ones are named', async () => {
    await expect(resolve('1.2.0', byManifest)).rejects.toMatchObject({
      code: 'VERSION_UNKNOWN',
      todo: expect.stringContaining('1.1.0') as unknown,
    });
  });

  it('in a manifest of a kind that is not read is refused in so many words', async () => {
    const toml: VersionSource = { kind: 'manifest', file: 'Cargo.toml', field: 'package.version' };
    await expect(resolve('1.0.0', toml)).rejects.toMatchObject({
      message: expect.stringContaining('neither JSON nor YAML') as unknown,
    });
  });

  it('may be a commit id, whole or short; anything else is none', async () => {
    const commit = commits[1] ?? '';
    expect(await resolve(commit, { kind: 'commit' })).toBe(commit);
    expect(await resolve(commit.slice(0, 8).toUpperCase(), { kind: 'commit' })).toBe(commit);
    await expect(resolve('main', { kind: 'commit' })).rejects.toMatchObject({ code: 'VERSION_MALFORMED' });
    await expect(resolve('0123456789', { kind: 'commit' })).rejects.toMatchObject({ code: 'VERSION_UNKNOWN' });
  });

  it('of a merged branch is found on the trunk, where the merge brought it', async () => {
    remote.git('update-ref', 'refs/heads/feature', commits[4] ?? '');
    remote.commit('feature', { message: 'Feature', files: { 'package.json': '{"app":{"version":"2.0.0"}}' } });
    const merge = remote.git(
      ...['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', 'commit-tree', '-m', 'Merge'],
      ...['-p', 'main', '-p', 'feature', 'feature^{tree}'],
    );
    remote.git('update-ref', 'refs/heads/main', merge);
    expect(await resolve('2.0.0', byManifest)).toBe(merge);
  });

  it('names a commit: the newest tag on it, a proper version before one with a suffix', async () => {
    remote.tag('release/v1.0.0-rollback.1', commits[0] ?? '');
    await fetched(remote, async (workspace) => {
      expect(await nameCommit(workspace, ['release/v{version}'], commits[0] ?? '')).toBe('1.0.0');
      expect(await nameCommit(workspace, ['none-{version}', 'release/v{version}'], commits[2] ?? '')).toBe('1.1.0');
      expect(await nameCommit(workspace, ['release/v{version}'], commits[1] ?? '')).toBe(commits[1]?.slice(0, 10));
    });
  });
});

describe('what is live', () => {
  it('is called by its manifest where versions are, if it is the very commit of that version', async () => {
    const remote = new GitRemote();
    const version = (number: string) => ({ 'package.json': `{"version":"${number}"}` });
    const first = remote.commit('main', { message: 'Begin', files: version('1.0.0') });
    const later = remote.commit('main', { message: 'Work', files: { 'a.txt': 'a' } });
    const versions: VersionSource = { kind: 'manifest', file: 'package.json', field: 'version' };
    const web = aService('web', { pointer: { kind: 'branch', name: 'production', undo: { by: 'force' }, builds } });
    await fetched(remote, async (workspace) => {
      const nameOf = async (commit: string) => {
        const fact = await liveFact(workspace, web, versions, { state: 'value', value: commit });
        return fact.state === 'live' && fact.version;
      };
      expect(await nameOf(first)).toBe('1.0.0');
      expect(await nameOf(later)).toBe(later.slice(0, 10));
    });
    remote.remove();
  });
});

describe('history', () => {
  let remote: GitRemote;
  let commits: string[];
  let stray: string;
  beforeEach(() => {
    remote = new GitRemote();
    commits = [
      remote.commit('main', { message: 'One\n\nWith a body.' }),
      remote.commit('main', { message: 'Two', author: 'Grace Höpper <grace@example.org>' }),
      remote.commit('main', { message: 'Three' }),
    ];
    remote.git('update-ref', 'refs/heads/side', commits[0] ?? '');
    stray = remote.commit('side', { message: 'Aside' });
  });
  afterEach(() => remote.remove());

  it('tells how a commit lies to what is live', async () => {
    const [first = '', second = '', third = ''] = commits;
    await fetched(
      remote,
      async (workspace) => {
        expect(await relationTo(workspace, null, second)).toBe('first');
        expect(await relationTo(workspace, second, second)).toBe('same');
        expect(await relationTo(workspace, first, third)).toBe('newer');
        expect(await relationTo(workspace, third, first)).toBe('older');
        expect(await relationTo(workspace, stray, third)).toBe('diverged');
        expect(await relationTo(workspace, 'f'.repeat(40), third)).toBe('unknown');
        expect(await isAncestor(workspace, first, stray)).toBe(true);
        expect(await isAncestor(workspace, stray, first)).toBe(false);
      },
      { branches: ['side'] },
    );
  });

  it('lists the commits since what is live, newest first, with their authors', async () => {
    const [first = '', second, third = ''] = commits;
    await fetched(remote, async (workspace) => {
      const since = await commitsBetween(workspace, first, third);
      expect(since.total).toBe(2);
      expect(since.shown.map(({ id, subject }) => [id, subject])).toEqual([
        [third, 'Three'],
        [second, 'Two'],
      ]);
      expect(since.shown[1]).toMatchObject({ author: 'Grace Höpper', email: 'grace@example.org' });
      expect(since.shown[1]?.date).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
      expect((await commitsBetween(workspace, null, third)).total).toBe(3);
    });
  });

  it('shows fifty of more commits, and counts them all', async () => {
    for (let i = 0; i < 60; i++) remote.commit('main', { message: `More ${i}` });
    await fetched(remote, async (workspace) => {
      const since = await commitsBetween(workspace, commits[2] ?? '', remote.commitOf('main'));
      expect(since.total).toBe(60);
      expect(since.shown).toHaveLength(50);
    });
  });

  it('tells everybody who made commits, also those behind the fifty that are shown, and co-authors', async () => {
    const before = remote.commitOf('main');
    const trailers = 'Co-authored-by: Linus <linus@example.org>\nco-authored-by: Ada <ada@example.org>';
    remote.commit('main', { message: `Together\n\nWords.\n\n${trailers}`, author: 'Edith <edith@example.org>' });
    for (let i = 0; i < 60; i++) remote.commit('main', { message: `Even more ${i}` });
    await fetched(remote, async (workspace) => {
      const { people, gaps } = await contributorsBetween(workspace, before, remote.commitOf('main'));
      expect(people.map(({ part, email }) => `${part} ${email}`).sort()).toEqual([
        'author ada@example.org',
        'author edith@example.org',
        'co-author ada@example.org',
        'co-author linus@example.org',
      ]);
      expect(gaps).toEqual([]);
      expect(await contributorsBetween(workspace, before, before)).toEqual({ people: [], gaps: [] });
    });
  });

  it('finds a commit by a short id, and none by anything else', async () => {
    const [first = ''] = commits;
    await fetched(remote, async (workspace) => {
      expect(await findCommit(workspace, first.slice(0, 7))).toBe(first);
      expect(await findCommit(workspace, 'main')).toBeUndefined();
      expect(await findCommit(workspace, first.slice(0, 6))).toBeUndefined();
      expect(await findCommit(workspace, 'f'.repeat(40))).toBeUndefined();
    });
  });
});

describe.each(['true', 'false'])('files of a commit (filters allowed by the remote: %s)', (filters) => {
  let remote: GitRemote;
  beforeEach(() => {
    remote = new GitRemote();
    remote.configure('uploadpack.allowFilter', filters);
  });
  afterEach(() => remote.remove());

  it.each(['history', 'trees'] as const)('are read as they were then, byte for byte (depth %s)', async (depth) => {
    const old = remote.commit('main', {
      message: 'Migrations',
      files: {
        'db/migrations/002 two.up.sql': 'select 2;\r\n',
        'db/migrations/001.up.sql': 'select 1; -- é\n\n',
        'db/migrations/old/000.up.sql': 'select 0;',
        'db/readme.md': 'x',
        'top.txt': 'top\n',
      },
    });
    remote.commit('main', { message: 'Change', files: { 'db/migrations/001.up.sql': 'select 99;' } });
    await fetched(
      remote,
      async (workspace) => {
        const files = await readFolder(workspace, old, './db/migrations/');
        expect(files.map(({ path, content }) => [path, content.toString()])).toEqual([
          ['db/migrations/001.up.sql', 'select 1; -- é\n\n'],
          ['db/migrations/002 two.up.sql', 'select 2;\r\n'],
        ]);
        expect(await readFolder(workspace, old, 'nowhere')).toEqual([]);
        expect((await readFolder(workspace, old, '.')).map(({ path }) => path)).toEqual(['top.txt']);
        expect((await readFile(workspace, old, 'db/readme.md'))?.toString()).toBe('x');
        expect(await readFile(workspace, old, 'db')).toBeUndefined();
      },
      { depth },
    );
  });
});

describe('the check of the right to push', () => {
  let remote: GitRemote;
  let commit: string;
  beforeEach(() => {
    remote = new GitRemote();
    commit = remote.commit('main', { message: 'One' });
  });
  afterEach(() => remote.remove());

  it('passes, and writes nothing', async () => {
    const refs = remote.refs();
    expect(await fetched(remote, (workspace) => checkPush(workspace, commit))).toMatchObject({ verdict: 'passed' });
    expect(remote.refs()).toEqual(refs);
  });

  it('fails where the remote may only be read', async () => {
    remote.configure('http.receivepack', 'false');
    const server = await GitHttpServer.start(remote.folder);
    try {
      const finding = await fetched(remote, (workspace) => checkPush(workspace, commit), {
        url: server.url('remote.git'),
      });
      expect(finding.verdict).toBe('failed');
    } finally {
      await server.stop();
    }
  });

  it('is no word of the remote where it gives no answer: it is asked again', async () => {
    const server = await GitHttpServer.start(remote.folder);
    const check = () => fetched(remote, (workspace) => checkPush(workspace, commit), { url: server.url('remote.git') });
    remote.configure('http.receivepack', 'true');
    server.refusals.push(503);
    try {
      await expect(check()).rejects.toMatchObject({ code: 'REMOTE_UNREACHABLE' });
      expect(await check()).toMatchObject({ verdict: 'passed' });
    } finally {
      await server.stop();
    }
  });
});
