import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MigrateInput } from '../../../activities/contract';
import { createDatabaseActivities } from '../../../activities/database';
import { readMigrationScripts } from '../../../activities/database/read-scripts';
import type { MigrationScript } from '../../../release/migration';
import { anAttempt, someSurroundings } from '../../support/attempts';
import { GitRemote } from '../../support/git-remote';
import { anApplyOrder } from '../../support/migration-orders';
import { createTestDatabase, type TestDatabase } from '../../support/test-database';

let database: TestDatabase;
let remote: GitRemote;
let workspaces: string;
beforeEach(async () => {
  database = await createTestDatabase();
  remote = new GitRemote();
  workspaces = mkdtempSync(join(tmpdir(), 'slipway-workspaces-'));
});
afterEach(async () => {
  await database.drop();
  remote.remove();
  rmSync(workspaces, { recursive: true, force: true });
});

const activities = () => createDatabaseActivities(someSurroundings({ API_DATABASE_URL: database.url }, { workspaces }));

/** A commit with one pair, and the input that a plan made of it gives. */
async function released(up: string, down: string): Promise<MigrateInput> {
  const files = { 'db/1_a.up.sql': up, 'db/1_a.down.sql': down };
  const commit = remote.commit('main', { message: 'Add a', files });
  const read = await readMigrationScripts(
    Object.entries(files).map(([path, text]) => ({ path, content: Buffer.from(text) })),
  );
  const scripts = read.scripts.map(({ script }) => script);
  const { release, service, url, limits, approvedBy, backupId } = anApplyOrder([]);
  const repository = { url: remote.path, trunk: 'main' };
  return { release, service, url, limits, approvedBy, backupId, repository, commit, folder: 'db', scripts };
}

test('a script longer than a plan shows is read whole at the commit, both ways', async () => {
  const comment = `-- ${'x'.repeat(10_000)}\n`;
  const input = await released(`${comment}CREATE TABLE a (x int);`, `${comment}DROP TABLE a;`);
  expect(input.scripts[0]?.up).not.toContain('CREATE');
  expect(await activities().applyMigrations(input, anAttempt())).toMatchObject([{ name: '1_a', how: 'applied' }]);
  expect(await database.query('SELECT FROM a')).toEqual([]);
  expect(await activities().undoMigrations(input, anAttempt())).toEqual([{ name: '1_a', how: 'reverted' }]);
});

test('scripts that the plan holds whole need no remote', async () => {
  const input = await released('CREATE TABLE a (x int);', 'DROP TABLE a;');
  remote.remove();
  await activities().applyMigrations(input, anAttempt());
  expect(await activities().undoMigrations(input, anAttempt())).toEqual([{ name: '1_a', how: 'reverted' }]);
});

test('what stands at the commit must be what was approved', async () => {
  const input = await released('CREATE TABLE a (x int);', 'DROP TABLE a;');
  const forged: MigrationScript[] = input.scripts.map((script) => ({ ...script, up: 'DROP DATABASE shop;' }));
  expect(await activities().applyMigrations({ ...input, scripts: forged }, anAttempt())).toMatchObject([
    { how: 'applied' },
  ]);
  const other = input.scripts.map((script) => ({ ...script, checksum: '0'.repeat(64) }));
  await expect(activities().applyMigrations({ ...input, scripts: other }, anAttempt())).rejects.toMatchObject({
    code: 'MIGRATION_EDITED',
  });
});
