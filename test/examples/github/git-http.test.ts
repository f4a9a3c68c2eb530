import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gitEnvironment } from '../../../examples/shop/git';
import { makeRemote, refUpdates } from '../../../examples/shop/remote';
import { stage, type Stage } from './stage';

let at: Stage;
beforeAll(async () => {
  at = await stage();
});
afterEach(() => {
  at.repository.rulesets.length = 0;
  at.repository.protections.length = 0;
  for (const name of Object.keys(at.remote.refs())) {
    if (name !== 'refs/heads/main') at.remote.git('update-ref', '-d', name);
  }
});
afterAll(() => at.stop());

/** Runs git as a client; returns its exit code and all that it printed. */
async function git(...args: string[]): Promise<{ code: number; text: string }> {
  const run = promisify(execFile);
  return run('git', args, { cwd: at.remote.path, env: { ...gitEnvironment(), GIT_ASKPASS: 'false' } }).then(
    ({ stdout, stderr }) => ({ code: 0, text: stdout + stderr }),
    (problem: { code: number; stdout: string; stderr: string }) => ({
      code: problem.code,
      text: problem.stdout + problem.stderr,
    }),
  );
}

const url = (token = at.token) => at.github.gitUrl(at.repository, token);
const push = (...refspecs: string[]) => git('push', '--porcelain', url(), ...refspecs);

test('a token reads and pushes over git', async () => {
  const [one] = at.commits;
  expect((await git('ls-remote', url(), 'refs/heads/main')).text).toContain(at.commits[2]);
  expect(await push(`${one}:refs/heads/production`)).toMatchObject({ code: 0 });
  expect(at.remote.ref('refs/heads/production')).toBe(one);
  expect((await at.get('/repos/acme/shop/git/ref/heads/production')).body).toMatchObject({ object: { sha: one } });
});

test.each([
  ['a wrong token', () => 'github_pat_wrong', 128, 'Authentication failed'],
  [
    'a token of other repositories',
    () => at.github.addToken({ login: 'ada', repositories: ['acme/other'] }),
    128,
    'not found',
  ],
])('%s sees nothing over git', async (_, token, code, words) => {
  const answer = await git('ls-remote', url(token()));
  expect(answer.code).toBe(code);
  expect(answer.text).toContain(words);
});

test('a token that may only read cannot push', async () => {
  const reader = at.github.addToken({ login: 'ada', permissions: { contents: 'read' } });
  const answer = await git('push', url(reader), `${at.commits[0]}:refs/heads/x`);
  expect(answer.text).toContain('403');
  expect(at.remote.ref('refs/heads/x')).toBeNull();
});

test('an archived repository takes no push, a renamed one is found under its old address', async () => {
  const old = url();
  at.github.rename(at.repository, 'store');
  expect((await git('ls-remote', old, 'refs/heads/main')).text).toContain(at.commits[2]);
  at.repository.archived = true;
  expect((await git('push', old, `${at.commits[0]}:refs/heads/x`)).code).toBe(128);
  at.repository.archived = false;
  at.github.rename(at.repository, 'shop');
});

test('a ruleset refuses a forced push with the words of GitHub, and lets the way forward pass', async () => {
  const [one, two, three] = at.commits;
  at.github.addRuleset(at.repository, {
    target: 'branch',
    include: ['refs/heads/production'],
    rules: [{ type: 'non_fast_forward' }, { type: 'deletion' }],
  });
  at.remote.git('update-ref', 'refs/heads/production', two);
  const back = await push(`+${one}:refs/heads/production`, `${one}:refs/heads/free`);
  expect(back.text).toContain('GH013: Repository rule violations found for refs/heads/production.');
  expect(back.text).toContain('- Cannot force-push to this branch');
  expect(back.text).toContain('[remote rejected] (push declined due to repository rule violations)');
  expect(at.remote.refs()).toMatchObject({ 'refs/heads/production': two, 'refs/heads/free': one });
  expect((await push(':refs/heads/production')).text).toContain('- Cannot delete this branch');
  expect((await push(`${three}:refs/heads/production`)).code).toBe(0);
});

test('branch protection refuses a push in its own words', async () => {
  at.github.protectBranch(at.repository, 'main', { pushers: ['root'] });
  const { text } = await push(`${at.commits[0]}:refs/heads/main`, '--force');
  expect(text).toContain('GH006: Protected branch update failed for refs/heads/main.');
  expect(text).toContain('[remote rejected] (protected branch hook declined)');
});

test('a push whose answer is lost has landed, one that is cut before has not', async () => {
  const [one, two] = at.commits;
  at.github.fault({ on: 'git/receive-pack', cut: 'after' });
  expect((await push(`${one}:refs/heads/a`)).code).not.toBe(0);
  expect(at.remote.ref('refs/heads/a')).toBe(one);
  at.github.fault({ on: 'git/receive-pack', status: 502 });
  expect((await push(`${two}:refs/heads/b`)).code).not.toBe(0);
  expect(at.remote.ref('refs/heads/b')).toBeNull();
});

test("a shop's remote hears of what is changed here, by the interface and by pushes", async () => {
  const folder = join(at.remote.folder, 'shop.git');
  await makeRemote(folder);
  const repository = await at.github.addRepository({ owner: 'acme', name: 'books', folder });
  const [one, two] = at.commits;
  await git('push', at.github.gitUrl(repository, at.token), `${two}:refs/heads/main`);
  await at.send('POST', '/repos/acme/books/git/refs', { ref: 'refs/heads/production', sha: one });
  expect(refUpdates(folder)).toEqual([
    { ref: 'refs/heads/main', from: null, to: two },
    { ref: 'refs/heads/production', from: null, to: one },
  ]);
});
