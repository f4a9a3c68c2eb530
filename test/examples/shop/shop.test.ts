import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { configForm, configText } from '../../../examples/shop/config-file';
import { git } from '../../../examples/shop/git';
import { parseProject } from '../../../config/load-project';
import { aFolder, aShop, testDatabaseUrl, type ShopOptions, type TestShop } from '../../support/shop';

let shop: TestShop;
const given = async (options: ShopOptions = {}) => (shop = await aShop(options));
afterEach(() => shop?.remove());

/** What a release's migrations do: the forward scripts that a version's commit has, from the given one on. */
async function migrateTo(version: string, from: string): Promise<void> {
  const commit = await shop.commitOf(version);
  const list = await git(['ls-tree', '-r', '--name-only', commit, 'db/migrations'], { folder: shop.remote });
  for (const path of list
    .split('\n')
    .filter((each) => each.endsWith('.up.sql'))
    .sort()) {
    if (path >= `db/migrations/${from}`)
      await shop.query(await git(['show', `${commit}:${path}`], { folder: shop.remote }));
  }
}

async function deploy(version: string): Promise<void> {
  await shop.push(`${await shop.commitOf(version)}:refs/tags/v${version}`);
  await shop.hosting.quiet();
}

const books = async () => (await fetch(`${shop.env.API_URL}/books`)).text();

test('a shop begins with 1.0.0 live, a trunk by several people, and four versions on it', async () => {
  await given();
  const first = await shop.commitOf('1.0.0');
  expect(shop.live()).toEqual({ api: first, web: first });
  expect(await shop.resolve('refs/tags/v1.0.0')).toBe(first);
  expect(await shop.resolve('refs/heads/production')).toBe(first);
  expect(shop.pushes()).toEqual([]);
  const authors = (await git(['log', '--format=%an', 'main'], { folder: shop.remote })).split('\n');
  expect(new Set(authors).size).toBeGreaterThan(2);
  for (const version of ['1.0.0', '1.1.0', '1.2.0', '1.3.0']) {
    expect(await git(['cat-file', '-t', `release/v${version}`], { folder: shop.remote })).toBe('tag');
    expect(await git(['show', `release/v${version}^{commit}:package.json`], { folder: shop.remote })).toContain(
      version,
    );
    await git(['merge-base', '--is-ancestor', `release/v${version}`, 'main'], { folder: shop.remote });
  }
  expect(await books()).toContain('The Mythical Man-Month');
  expect(await (await fetch(shop.env.WEB_URL!)).text()).toContain('Pro Git');
});

test('two shops have the same commits', async () => {
  await given();
  const other = await aShop({ services: ['api'] });
  expect(await other.commitOf('1.3.0')).toBe(await shop.commitOf('1.3.0'));
  await other.remove();
});

test('1.2.0 is broken where only its books are looked at, and 1.3.0 mends it', async () => {
  await given({ slowMigration: 0 });
  const data = await shop.dataFingerprint();
  await migrateTo('1.1.0', '');
  await deploy('1.1.0');
  expect(await books()).toContain('title');
  await migrateTo('1.2.0', '002');
  await deploy('1.2.0');
  for (const path of ['health', 'version', 'books'])
    expect((await fetch(`${shop.env.API_URL}/${path}`)).status).toBe(200);
  expect(shop.hosting.live('api').version).toBe('1.2.0');
  expect(await books()).not.toContain('title');
  await migrateTo('1.3.0', '003');
  await deploy('1.3.0');
  expect(await books()).toContain('paperback');
  expect(await shop.dataFingerprint()).toBe(data);
});

test('the fingerprint of its data sees a row that is changed, lost or added', async () => {
  await given({ services: ['web'] });
  const seen = [await shop.dataFingerprint()];
  for (const sql of [
    `update customers set favourite = null where id = 7`,
    `delete from customers where id = 8`,
    `insert into books (title) values ('Team Topologies')`,
  ]) {
    await shop.query(sql);
    seen.push(await shop.dataFingerprint());
  }
  expect(new Set(seen).size).toBe(4);
});

test('the fingerprint of its schema sees a column, an index and a constraint come, and all of them go', async () => {
  await given({ services: ['web'] });
  const before = await shop.schemaFingerprint();
  const seen = [before];
  for (const sql of [
    'alter table books add price int',
    'create index on books (price)',
    'alter table books add check (price > 0)',
  ]) {
    await shop.query(sql);
    seen.push(await shop.schemaFingerprint());
  }
  expect(new Set(seen).size).toBe(4);
  await shop.query('alter table books drop price');
  expect(await shop.schemaFingerprint()).toBe(before);
});

test('a commit can be added as a version, to the trunk or beside it', async () => {
  await given({ services: ['web'] });
  const change = {
    author: 'linus',
    subject: 'Another window',
    files: { 'web/page.mjs': 'export const page = () => "new";', 'db/schema.sql': null },
  } as const;
  await shop.push('main:refs/heads/side');
  const id = await shop.commit({ ...change, version: '1.4.0' });
  expect(await shop.commitOf('1.4.0')).toBe(id);
  expect(await shop.resolve('refs/heads/main')).toBe(id);
  expect(await git(['ls-tree', '-r', '--name-only', id], { folder: shop.remote })).not.toContain('db/schema.sql');
  const beside = await shop.commit({ ...change, author: 'ada' }, 'side');
  await expect(git(['merge-base', '--is-ancestor', beside, 'main'], { folder: shop.remote })).rejects.toThrow();
});

describe('slipway.yaml', () => {
  test.each([
    [{}],
    [{ services: ['api'] }],
    [{ services: ['web'] }],
    [{ undo: 'delete' }],
    [{ undo: 'none' }],
    [{ waits: 'short' }],
  ] as const)('validates with %j', (options) => {
    const form = configForm({
      services: ['api', 'web'],
      undo: 'new-tag',
      waits: 'none',
      remote: './shop.git',
      ...options,
    });
    const { project } = parseProject(configText(form), { file: 'slipway.yaml', folder: '/shop' });
    expect(Object.keys(project.services)).toEqual('services' in options ? options.services : ['api', 'web']);
    expect(project.environments['production']).toMatchObject({ embedded: true });
  });

  test('is as the maker of the shop wants it', async () => {
    await given({
      services: ['web'],
      remoteUrl: 'http://127.0.0.1:1/shop.git',
      configure: (form) => (form.project = 'mine'),
    });
    const { project } = parseProject(await readFile(shop.configFile, 'utf8'), { file: 'f', folder: shop.folder });
    expect(project.name).toBe('mine');
    expect(project.services['web']?.repository.url).toBe('http://127.0.0.1:1/shop.git');
  });
});

test('nothing is left of a shop that could not be made', async () => {
  const folder = aFolder();
  const databaseUrl = testDatabaseUrl().replace(/\/\/[^/]*/, '//127.0.0.1:1');
  await expect(aShop({ folder, databaseUrl })).rejects.toThrow(/ECONNREFUSED/);
  expect(existsSync(folder)).toBe(false);
});
