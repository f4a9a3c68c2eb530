import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { loadProject } from '../../config/load-project';
import { lookAtRepository } from '../../config/look-at-repository';
import { proposeProject } from '../../config/propose-project';

let folder: string;
beforeEach(async () => {
  folder = join(await realpath(await mkdtemp(join(tmpdir(), 'slipway-look-'))), 'book-shop');
  await mkdir(folder);
});
afterEach(() => rm(dirname(folder), { recursive: true }));

/** Runs git in the folder, with nothing of the machine's own settings. */
function git(...args: string[]): void {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  execFileSync('git', ['-c', 'init.defaultBranch=trunk', ...args], { cwd: folder, env, stdio: 'pipe' });
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, file)), { recursive: true });
  await writeFile(join(folder, file), text);
}

async function commit(...tags: string[]): Promise<void> {
  git('config', 'user.name', 'Ada');
  git('config', 'user.email', 'ada@shop.example');
  git('add', '--all');
  git('commit', '--quiet', '--allow-empty', '--message', 'a change');
  for (const tag of tags) git('tag', '--annotate', '--message', tag, tag);
}

/** What is proposed for the folder, read back as a user's file. */
async function proposed(from = folder) {
  await writeFile(join(from, 'slipway.yaml'), proposeProject(await lookAtRepository(from)));
  return (await loadProject(join(from, 'slipway.yaml'))).project;
}

test('an empty folder has only its name', async () => {
  expect(await lookAtRepository(folder)).toMatchObject({ names: ['book-shop'], tags: [], branches: [] });
  expect((await proposed()).name).toBe('book-shop');
});

test('a folder that is not there has only its name', async () => {
  expect(await lookAtRepository(join(folder, 'none'))).toMatchObject({ names: ['none'], tags: [] });
});

test('a repository without commits or remote is seen', async () => {
  git('init', '--quiet');
  const facts = await lookAtRepository(folder);
  expect(facts).toMatchObject({ trunk: 'trunk', branches: [] });
  expect(facts).not.toHaveProperty('remote');
  expect((await proposed()).services['app']?.repository.url).toBe('${env:REPOSITORY_URL}');
});

test('a repository with everything is seen, from a folder inside it', async () => {
  git('init', '--quiet');
  await write('package.json', JSON.stringify({ name: '@shop/books', version: '1.2.3' }));
  await write('server/db/migrations/001_books.up.sql', 'CREATE TABLE books ();');
  await write('server/db/migrations/001_books.down.sql', 'DROP TABLE books;');
  await write('node_modules/x/001.up.sql', '');
  await write('.env.example', '# settings\nPORT=80\nexport BOOKS_DATABASE_URL="postgres://localhost/books"\n');
  await commit('v1.2.2', 'v1.2.3');
  git('remote', 'add', 'backup', '/srv/backup.git');
  git('remote', 'add', 'origin', '../shop.git');
  git('update-ref', 'refs/remotes/origin/trunk', 'HEAD');
  git('update-ref', 'refs/remotes/origin/feature/x', 'HEAD');
  git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/trunk');

  expect(await lookAtRepository(join(folder, 'server'))).toEqual({
    names: ['@shop/books', 'book-shop'],
    remote: '../../shop.git',
    trunk: 'trunk',
    manifest: { file: 'package.json', field: 'version' },
    tags: expect.arrayContaining(['v1.2.2', 'v1.2.3']) as string[],
    branches: expect.arrayContaining(['trunk', 'feature/x']) as string[],
    migrations: 'server/db/migrations',
    databaseVariable: 'BOOKS_DATABASE_URL',
    person: 'Ada',
  });
  const { services } = await proposed(join(folder, 'server'));
  expect(services['app']?.repository).toEqual({ url: join(dirname(folder), basename('shop.git')), trunk: 'trunk' });
});

test('a clone of a remote with a deploy branch gets that branch as its pointer', async () => {
  git('init', '--quiet');
  await commit('v1.0.0');
  git('branch', 'production');
  git('clone', '--quiet', '--bare', '.', '../shop.git');
  await rm(folder, { recursive: true });
  await mkdir(folder);
  git('clone', '--quiet', '../shop.git', '.');
  const project = await proposed();
  expect(project.versions).toEqual({ kind: 'tag', pattern: 'v{version}' });
  expect(project.services['app']).toMatchObject({
    repository: { url: join(dirname(folder), 'shop.git'), trunk: 'trunk' },
    pointer: { kind: 'branch', name: 'production', undo: { by: 'force' } },
  });
});

test('files that cannot be read as what they are called are left out', async () => {
  await write('package.json', '{ not json');
  await write('.env.example', '\u0000');
  expect(Object.keys(await lookAtRepository(folder)).sort()).toEqual(expect.not.arrayContaining(['manifest']));
  expect((await proposed()).versions).toEqual({ kind: 'commit' });
});
