import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git, gitEnvironment } from '../../../examples/shop/git';
import { addCommits } from '../../../examples/shop/history';
import { makeRemote, refsOf, refUpdates } from '../../../examples/shop/remote';
import { eventually } from '../../support/eventually';
import { GitHttpServer } from '../../support/git-http';
import { aFolder } from '../../support/shop';

let folder: string;
let remote: string;
let commits: string[];

beforeEach(async () => {
  folder = aFolder();
  remote = join(folder, 'remote.git');
  await mkdir(folder, { recursive: true });
  await makeRemote(remote);
  commits = await addCommits(remote, 'refs/heads/main', [
    { author: 'ada', subject: 'One', files: { a: '1' } },
    { author: 'grace', subject: 'Two', files: { a: '2', ü: 'ü\n' } },
  ]);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const push = (url: string, ...refspecs: string[]) =>
  git(['push', '--quiet', ...refspecs.slice(1), url, refspecs[0]!], { folder: remote });

test('what its own history was made of is no push', () => {
  expect(refUpdates(remote)).toEqual([]);
});

test('a branch of a bare remote can be served without trees, as a partial clone', async () => {
  await git(['clone', '--quiet', '--bare', '--filter=tree:0', `file://${remote}`, 'clone.git'], { folder });
  expect(await git(['rev-parse', 'main'], { folder: join(folder, 'clone.git') })).toBe(commits[1]);
});

test.each(['file', 'http'])('every ref that a push over %s changes is written down, in order', async (transport) => {
  const server = await GitHttpServer.start(folder);
  const url = transport === 'http' ? server.url('remote.git') : remote;
  const [one, two] = commits as [string, string];
  await push(url, `${one}:refs/heads/production`);
  // The client's own hooks being off must not turn the remote's off.
  await git(
    [
      '-c',
      'core.hooksPath=/dev/null',
      'push',
      '--quiet',
      '--atomic',
      url,
      `${two}:refs/heads/production`,
      `${two}:refs/slipway/production`,
    ],
    { folder: remote },
  );
  await push(url, ':refs/heads/production');
  await server.stop();
  expect(refUpdates(remote)).toEqual([
    { ref: 'refs/heads/production', from: null, to: one },
    { ref: 'refs/heads/production', from: one, to: two },
    { ref: 'refs/slipway/production', from: null, to: two },
    { ref: 'refs/heads/production', from: two, to: null },
  ]);
});

test('a push that is refused leaves no line', async () => {
  const [one, two] = commits as [string, string];
  await push(remote, `${two}:refs/heads/production`);
  await expect(push(remote, `${one}:refs/heads/production`)).rejects.toThrow(/rejected/);
  await expect(
    push(remote, `${one}:refs/tags/v1`, '--atomic', `--force-with-lease=refs/tags/v1:${two}`),
  ).rejects.toThrow(/stale info/);
  expect(refUpdates(remote)).toHaveLength(1);
});

test('a push whose client is killed after the refs changed is written down all the same', async () => {
  // The server's side waits inside the push until its client is gone, then goes on to change the ref.
  const hook = join(remote, 'hooks', 'update');
  await writeFile(hook, '#!/bin/sh\n: > arrived\nwhile [ ! -e go ]; do sleep 0.02; done\n');
  await chmod(hook, 0o755);
  const client = spawn('git', ['push', '--quiet', remote, `${commits[0]}:refs/heads/late`], {
    cwd: remote,
    env: gitEnvironment(),
    stdio: 'ignore',
  });
  await eventually('the push is in the hook', () => existsSync(join(remote, 'arrived')) || undefined);
  client.kill('SIGKILL');
  await once(client, 'exit');
  await writeFile(join(remote, 'go'), '');
  await eventually('the ref', async () => (await refsOf(remote))['refs/heads/late']);
  await eventually('the line', () => refUpdates(remote).find(({ ref }) => ref === 'refs/heads/late'));
});
