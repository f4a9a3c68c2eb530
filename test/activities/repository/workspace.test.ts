import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { GitHttpServer } from '../../support/git-http';
import { GitRemote } from '../../support/git-remote';
import { fetched, visited, workspaces } from './world';

describe('a workspace', () => {
  let remote: GitRemote;
  let commits: string[];
  beforeEach(() => {
    remote = new GitRemote();
    commits = ['one', 'two', 'three'].map((text) =>
      remote.commit('main', { message: text, files: { 'src/deep/file.txt': `${text}\n` } }),
    );
    remote.tag('v1', commits[0] ?? '');
  });
  afterEach(() => remote.remove());

  const folders = () => readdirSync(workspaces(remote));

  it('brings the trunk and the tags, without folders and files', async () => {
    await fetched(remote, async (workspace) => {
      expect(await workspace.ref('refs/heads/main')).toBe(commits[2]);
      expect(await workspace.ref('refs/tags/v1^{commit}')).toBe(commits[0]);
      expect(await workspace.has(commits)).toBe(true);
      expect(await workspace.has([remote.git('rev-parse', 'main^{tree}')])).toBe(false);
    });
  });

  it('brings everything from a remote that knows no filters', async () => {
    remote.configure('uploadpack.allowFilter', 'false');
    await fetched(remote, async (workspace) => {
      expect(await workspace.has([...commits, remote.git('rev-parse', 'main:src/deep/file.txt')])).toBe(true);
    });
  });

  it('forgets what was deleted, and follows what was moved by force', async () => {
    await fetched(remote, async () => undefined);
    remote.git('update-ref', '-d', 'refs/tags/v1');
    remote.git('update-ref', 'refs/heads/main', commits[0] ?? '');
    await fetched(remote, async (workspace) => {
      expect(await workspace.ref('refs/tags/v1')).toBeUndefined();
      expect(await workspace.ref('refs/heads/main')).toBe(commits[0]);
    });
  });

  it('brings a branch that may not be there', async () => {
    await fetched(
      remote,
      async (workspace) => {
        expect(await workspace.ref('refs/heads/production')).toBeUndefined();
        remote.git('update-ref', 'refs/heads/production', commits[0] ?? '');
        await workspace.fetch(['production']);
        expect(await workspace.ref('refs/heads/production')).toBe(commits[0]);
      },
      { branches: ['production'] },
    );
  });

  it('is kept for the next action, and fetched into by several at once', async () => {
    await Promise.all([1, 2, 3, 4].map(() => fetched(remote, async () => undefined)));
    expect(folders()).toHaveLength(1);
    await visited(remote, async (workspace) => expect(await workspace.has(commits)).toBe(true));
  });

  it('is made anew when it has vanished between two actions, and in the middle of one', async () => {
    await fetched(remote, async () => undefined);
    rmSync(workspaces(remote), { recursive: true });
    await fetched(remote, async (workspace) => expect(await workspace.has(commits)).toBe(true));
    await fetched(remote, async (workspace) => {
      rmSync(workspaces(remote), { recursive: true });
      await workspace.fetch(['main']);
      expect(await workspace.has(commits)).toBe(true);
    });
  });

  it('is made anew when it is broken', async () => {
    await fetched(remote, async () => undefined);
    writeFileSync(join(workspaces(remote), folders()[0] ?? '', 'HEAD'), 'rubbish');
    await fetched(remote, async (workspace) => expect(await workspace.has(commits)).toBe(true));
    writeFileSync(join(workspaces(remote), folders()[0] ?? '', 'packed-refs'), 'rubbish');
    await visited(remote, async (workspace) => {
      await workspace.fetch(['main']);
      await workspace.localOutput(['rev-list', '--count', 'refs/heads/main']);
    });
  });

  it('is kept when the remote does not answer', async () => {
    await fetched(remote, async () => undefined);
    const [folder] = folders();
    const gone = `${remote.path}.moved`;
    renameSync(remote.path, gone);
    await expect(fetched(remote, async () => undefined)).rejects.toMatchObject({ code: 'REMOTE_MISSING' });
    expect(folders()).toEqual([folder]);
    renameSync(gone, remote.path);
    await visited(remote, async (workspace) => expect(await workspace.has(commits)).toBe(true));
  });

  it('of a dead process is removed, of a living one is not', async () => {
    const host = hostname().replace(/[^A-Za-z0-9-]/g, '-');
    const child = spawn('true');
    await new Promise((resolve) => child.on('close', resolve));
    const name = (pid: number | undefined) => `${host}.${pid}.00000000.000000000000.git`;
    const living = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
    for (const pid of [child.pid, living.pid]) mkdirSync(join(workspaces(remote), name(pid)), { recursive: true });
    mkdirSync(join(workspaces(remote), `elsewhere.${child.pid}.00000000.000000000000.git`));
    await fetched(remote, async () => undefined);
    living.kill();
    expect(folders()).not.toContain(name(child.pid));
    expect(folders()).toContain(name(living.pid));
    expect(folders()).toContain(`elsewhere.${child.pid}.00000000.000000000000.git`);
  });

  it('holds no credentials in its files', async () => {
    const server = await GitHttpServer.start(remote.folder);
    try {
      server.login = { user: 'ada', password: 'very-secret' };
      const url = server.url('remote.git', 'ada:${env:GIT_PASSWORD}');
      await fetched(remote, async (workspace) => expect(await workspace.has(commits)).toBe(true), {
        url,
        variables: { GIT_PASSWORD: 'very-secret' },
      });
      for (const file of readdirSync(workspaces(remote), { recursive: true, withFileTypes: true })) {
        if (!file.isFile()) continue;
        expect(readFileSync(join(file.parentPath, file.name)).includes('very-secret')).toBe(false);
      }
    } finally {
      await server.stop();
    }
  });
});

describe('a remote that cannot be used', () => {
  let remote: GitRemote;
  let server: GitHttpServer;
  beforeEach(async () => {
    remote = new GitRemote();
    remote.commit('main', { message: 'one' });
    server = await GitHttpServer.start(remote.folder);
  });
  afterEach(async () => {
    await server.stop();
    remote.remove();
  });

  const errorOf = (url: string) =>
    fetched(remote, async () => undefined, { url }).then(
      () => undefined,
      (error: unknown) => error as Error & { code: string; details: { url: string } },
    );

  it('is told apart: wrong password, no password, no such repository, nobody there', async () => {
    server.login = { user: 'ada', password: 'right' };
    expect(await errorOf(server.url('remote.git', 'ada:wrong-one'))).toMatchObject({ code: 'REMOTE_DENIED' });
    expect(await errorOf(server.url('remote.git'))).toMatchObject({ code: 'REMOTE_DENIED' });
    server.login = undefined;
    expect(await errorOf(server.url('nowhere.git'))).toMatchObject({ code: 'REMOTE_MISSING' });
    const url = server.url('remote.git');
    await server.stop();
    expect(await errorOf(url)).toMatchObject({ code: 'REMOTE_UNREACHABLE' });
    server = await GitHttpServer.start(remote.folder);
  });

  it('is named without the credentials in its address', async () => {
    server.login = { user: 'ada', password: 'right' };
    const error = await errorOf(server.url('remote.git', 'grace:wrong-one'));
    expect(error?.details.url).toMatch(/^http:\/\/\*\*\*@127\.0\.0\.1:\d+\/remote\.git$/);
    expect(JSON.stringify({ ...error, message: error?.message })).not.toContain('wrong-one');
  });
});
