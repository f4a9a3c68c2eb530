import { execFileSync } from 'node:child_process';
import type { Examination } from '../../../release/doctor';
import type { Service } from '../../../release/project';
import { formatTag } from '../../../release/git-objects';
import { serialiseFence } from '../../../release/fence';
import { aService } from '../../support/builders';
import { GitHttpServer } from '../../support/git-http';
import { GitRemote } from '../../support/git-remote';
import { examine, lineOf } from './patient';

const builds = { settle: 0, patience: 0 };
const remotes: GitRemote[] = [];
const servers: GitHttpServer[] = [];

afterEach(async () => {
  remotes.splice(0).forEach((remote) => remote.remove());
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

/** A trunk of two commits, of which the branch `production` has the first two and the tag v1.0.0 names the first. */
function aRemote(): GitRemote {
  const remote = new GitRemote();
  remotes.push(remote);
  const first = remote.commit('main', { message: 'first' });
  const second = remote.commit('main', { message: 'second' });
  remote.tag('v1.0.0', first);
  remote.git('update-ref', 'refs/heads/production', second);
  remote.commit('main', { message: 'third' });
  return remote;
}

async function overHttp(remote: GitRemote): Promise<GitHttpServer> {
  const server = await GitHttpServer.start(remote.folder);
  servers.push(server);
  return server;
}

/** A service with a branch that is set back by force, and one with a tag that is deleted. */
function services(url: string): Service[] {
  const repository = { url, trunk: 'main' };
  return [
    aService('web', { repository, pointer: { kind: 'branch', name: 'production', undo: { by: 'force' }, builds } }),
    aService('api', { repository, pointer: { kind: 'tag', name: 'v{version}', undo: { by: 'delete' }, builds } }),
  ];
}

const look = (url: string, more: { rehearse?: boolean; env?: Record<string, string> } = {}): Promise<Examination[]> =>
  examine('repositories', { services: services(url), ...more });

const bad = (found: readonly Examination[]): readonly string[] =>
  found.filter(({ verdict }) => verdict !== 'passed').map(({ name, verdict }) => `${verdict} ${name}`);

const acts = [
  'fence refs/slipway/shop/production',
  'web: moving branch production',
  'web: way back of branch production by force',
  'api: making tag v0.0.0-slipway-doctor',
  'api: deleting tag v1.0.0',
];

describe('repositories', () => {
  it('pass where pushes land and can be taken back, and stay as they were', async () => {
    const remote = aRemote();
    const before = remote.refs();
    const found = await look(remote.path);
    expect(bad(found)).toEqual([]);
    expect(lineOf(found, `remote.git: pushes`).detail).toBe('this worker may push, and pushes are atomic');
    expect(lineOf(found, `remote.git: rules`).verdict).toBe('passed');
    expect(remote.refs()).toEqual(before);
  });

  it('pass in a rehearsal, which leaves nothing behind', async () => {
    const remote = aRemote();
    const objects = () => remote.git('count-objects', '-v');
    const before = [remote.refs(), objects()];
    const found = await look(remote.path, { rehearse: true });
    expect(bad(found)).toEqual([]);
    for (const act of acts) expect(lineOf(found, act).detail).toBe('the remote would take it (rehearsed)');
    expect([remote.refs(), objects()]).toEqual(before);
  });

  it('are warned of over HTTP, where a dry run sees no rules; a rehearsal hears what they say', async () => {
    const remote = aRemote();
    const server = await overHttp(remote);
    const url = server.url('remote.git');
    const dry = await look(url);
    expect(bad(dry)).toEqual([`warning remote.git: rules`]);
    expect(lineOf(dry, `remote.git: rules`).todo).toBe('slipway doctor production --rehearse');
    remote.configure('receive.denyNonFastForwards', 'true');
    remote.hook('update', 'case "$1" in refs/tags/*) echo "no tags here"; exit 1;; esac');
    const before = remote.refs();
    const found = await look(url, { rehearse: true });
    expect([...bad(found)].sort()).toEqual(
      acts
        .slice(2)
        .map((act) => `failed ${act}`)
        .sort(),
    );
    expect(lineOf(found, acts[2]!)).toMatchObject({
      detail: expect.stringContaining('non-fast-forward') as string,
      trap: 'deny-non-fast-forwards',
    });
    expect(lineOf(found, acts[3]!).detail).toContain('no tags here');
    expect(remote.refs()).toEqual(before);
  });

  it('fail where the repository takes a branch forward and would not take it back', async () => {
    const remote = aRemote();
    remote.configure('receive.denyNonFastForwards', 'true');
    const line = lineOf(await look(remote.path), acts[2]!);
    expect(line).toMatchObject({ verdict: 'failed', trap: 'deny-non-fast-forwards' });
    expect(line.todo).toContain('undo: revert');
  });

  it('see that rule also where nothing is there yet to be set back, and a rehearsal sees no less', async () => {
    const remote = new GitRemote();
    remotes.push(remote);
    remote.commit('main', { message: 'only' });
    remote.configure('receive.denyNonFastForwards', 'true');
    expect(bad(await look(remote.path))).toEqual([`failed ${acts[2]}`]);
    expect(bad(await look(remote.path, { rehearse: true }))).toEqual([`failed ${acts[2]}`]);
  });

  it('are warned of where a hook of a folder may refuse, and fail in a rehearsal where one does', async () => {
    const remote = aRemote();
    remote.hook('pre-receive', 'grep -q refs/slipway/shop/production && { echo "hands off"; exit 1; }; exit 0');
    expect(bad(await look(remote.path))).toEqual([`warning remote.git: rules`]);
    const rehearsed = await look(remote.path, { rehearse: true });
    expect(bad(rehearsed)).toEqual([`failed ${acts[0]}`]);
    expect(lineOf(rehearsed, acts[0]!).detail).toBe('the remote refuses: pre-receive hook declined: hands off');
  });

  it.each([false, true])('fail where pushes are not atomic (rehearsed: %s)', async (rehearse) => {
    const remote = aRemote();
    remote.configure('receive.advertiseAtomic', 'false');
    const found = await look(remote.path, { rehearse });
    expect(lineOf(found, `remote.git: pushes`)).toMatchObject({
      verdict: 'failed',
      detail: expect.stringContaining('does not support atomic pushes') as string,
    });
  });

  it('fail with a wrong password, which is not told', async () => {
    const remote = aRemote();
    const server = await overHttp(remote);
    server.login = { user: 'deploy', password: 'correct-horse' };
    const url = server.url('remote.git', '${env:LOGIN}');
    const right = await look(url, { env: { LOGIN: 'deploy:correct-horse' } });
    expect(bad(right).filter((line) => line.startsWith('failed'))).toEqual([]);
    const found = await look(url, { env: { LOGIN: 'deploy:wrong-horse' } });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ verdict: 'failed', detail: expect.stringContaining('refused') as string });
    expect(JSON.stringify([right, found])).not.toMatch(/horse/);
  });

  it('fail where a worker may read but not push', async () => {
    const remote = aRemote();
    remote.configure('http.receivepack', 'false');
    const server = await overHttp(remote);
    const url = server.url('remote.git');
    expect(lineOf(await look(url), `remote.git: pushes`)).toMatchObject({
      verdict: 'failed',
      todo: 'Give the worker credentials that may push there: neither a move nor its undo would land.',
    });
  });

  it('could not be told where nobody answers, and fail where nothing is there, or no trunk', async () => {
    const remote = aRemote();
    const server = await overHttp(remote);
    const gone = server.url('remote.git');
    await server.stop();
    servers.length = 0;
    expect((await look(gone)).map(({ verdict }) => verdict)).toEqual(['unknown']);
    expect((await look(`${remote.path}-none`)).map(({ verdict }) => verdict)).toEqual(['failed']);
    remote.git('branch', '-m', 'main', 'trunk');
    expect(await look(remote.path)).toMatchObject([
      {
        verdict: 'failed',
        detail: `${remote.path} answers, but has no branch main`,
        todo: expect.stringContaining('trunk') as string,
      },
    ]);
  });

  it('fail where a branch has commits of its own, or another Temporal holds the environment', async () => {
    const remote = aRemote();
    remote.commit('production', { message: 'by hand' });
    const held = {
      version: 1 as const,
      state: 'held' as const,
      holder: 'release/shop/production/1.0.0/1',
      run: 'r',
      cluster: 'elsewhere/default',
      number: 3,
      step: 'take',
      since: '2026-01-01T00:00:00.000Z',
      moved: [],
      undone: [],
    };
    const text = formatTag({
      name: 'slipway-fence',
      commit: remote.commitOf('main'),
      at: held.since,
      message: serialiseFence(held),
    });
    const id = execFileSync('git', ['mktag'], { cwd: remote.path, input: text }).toString().trim();
    remote.git('update-ref', 'refs/slipway/shop/production', id);
    const found = await look(remote.path);
    expect(bad(found)).toEqual([`failed remote.git: fence`, 'failed web: branch production']);
    expect(lineOf(found, `remote.git: fence`).detail).toContain('another Temporal holds the environment');
  });

  it('name the traps of tokens and of commits that ask for no build', async () => {
    const remote = aRemote();
    remote.commit('main', { message: 'Change words [skip ci]' });
    const server = await overHttp(remote);
    const url = server.url('remote.git', '${env:LOGIN}');
    const trapsOf = async (LOGIN: string) =>
      (await look(url, { env: { LOGIN } })).map(({ trap }) => trap).filter(Boolean);
    expect(await trapsOf('x-access-token:ghs_0123456789abcdef')).toContain('actions-token');
    expect(await trapsOf('ada:github_pat_0123456789abcdef')).toEqual(
      expect.arrayContaining(['expiring-token', 'skip-ci']),
    );
  });
});
