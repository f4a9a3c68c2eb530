import { applyMigrations } from '../../../activities/database/apply-migrations';
import { undoMigrations } from '../../../activities/database/undo-migrations';
import { anAttempt, someSurroundings } from '../../support/attempts';
import { aRelease, anApplyOrder, anUndoOrder, countedMigrations, scriptPair } from '../../support/migration-orders';
import { createTestDatabase, type TestDatabase } from '../../support/test-database';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
  await database.query('CREATE TABLE effects (name text)');
  await database.query('CREATE TABLE orders (id int)');
  await database.query('INSERT INTO orders VALUES (1), (2), (3)');
});
afterEach(() => database.drop());

const surroundings = () => someSurroundings({ API_DATABASE_URL: database.url });
type Scripts = Parameters<typeof anApplyOrder>[0];
const apply = (scripts: Scripts, change: Parameters<typeof anApplyOrder>[1] = {}) =>
  applyMigrations(anApplyOrder(scripts, change), surroundings(), anAttempt());
const undo = (scripts: Scripts, change: Parameters<typeof anUndoOrder>[1] = {}) =>
  undoMigrations(anUndoOrder(scripts, change), surroundings(), anAttempt());
const failure = (run: Promise<unknown>) =>
  run.then(
    () => 'nothing failed',
    (error: Error) => `${(error as { code?: string }).code}: ${error.message}`,
  );
const tables = async () =>
  (await database.query<{ name: string }>(`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`))
    .map(({ name }) => name)
    .sort();
const columns = async () =>
  (
    await database.query<{ name: string }>(
      `SELECT column_name AS name FROM information_schema.columns WHERE table_name = 'orders' ORDER BY 1`,
    )
  ).map(({ name }) => name);
const states = () => database.query('SELECT name, state FROM slipway.migration ORDER BY name');

test('what this release applied is rolled back, newest first, and a second call finds it so', async () => {
  const scripts = [
    scriptPair('1_a', 'CREATE TABLE a (x int);', 'DROP TABLE a;'),
    scriptPair(
      '2_b',
      'ALTER TABLE a ADD COLUMN y int; CREATE VIEW v AS SELECT y FROM a;',
      'DROP VIEW v; ALTER TABLE a DROP COLUMN y;',
    ),
  ];
  await apply(scripts);
  expect(await undo(scripts)).toEqual([
    { name: '2_b', how: 'reverted' },
    { name: '1_a', how: 'reverted' },
  ]);
  expect(await tables()).toEqual(['effects', 'orders']);
  expect(await undo(scripts)).toEqual([
    { name: '2_b', how: 'already' },
    { name: '1_a', how: 'already' },
  ]);
  expect(await states()).toEqual([
    { name: '1_a', state: 'reverted' },
    { name: '2_b', state: 'reverted' },
  ]);
});

test('a rollback of what never ran leaves a fence, so that it never will', async () => {
  expect(await undo(countedMigrations(1))).toEqual([{ name: '001_step', how: 'never' }]);
  expect(await failure(apply(countedMigrations(1)))).toMatch(/^FENCED/);
});

test('only those that ran are rolled back', async () => {
  const scripts = countedMigrations(3);
  await apply(scripts.slice(0, 2));
  expect(await undo(scripts)).toEqual([
    { name: '003_step', how: 'never' },
    { name: '002_step', how: 'reverted' },
    { name: '001_step', how: 'reverted' },
  ]);
});

test('what an earlier release applied is never touched', async () => {
  const scripts = countedMigrations(2);
  await apply(scripts.slice(0, 1), { release: aRelease('release/shop/production/1.1.0/1') });
  expect(await apply(scripts)).toMatchObject([{ how: 'already' }, { how: 'applied' }]);
  expect(await undo(scripts)).toEqual([
    { name: '002_step', how: 'reverted' },
    { name: '001_step', how: 'already' },
  ]);
  expect(await tables()).toEqual(['effects', 'orders', 't0']);
});

test('what an earlier release rolled back may be applied by a later one, and rolled back by it', async () => {
  const scripts = countedMigrations(1);
  await apply(scripts);
  await undo(scripts);
  const release = aRelease('release/shop/production/1.2.0/2');
  expect(await undo(scripts, { release })).toEqual([{ name: '001_step', how: 'never' }]);
  const later = aRelease('release/shop/production/1.2.0/3');
  expect(await apply(scripts, { release: later })).toMatchObject([{ how: 'applied' }]);
  expect(await undo(scripts)).toEqual([{ name: '001_step', how: 'already' }]);
  expect(await undo(scripts, { release: later })).toEqual([{ name: '001_step', how: 'reverted' }]);
});

describe('unattended, a script that would destroy data is left to a person', () => {
  const cases: [what: string, up: string, down: string, write: string, detail: string][] = [
    ['a table with rows', 'CREATE TABLE a (x int);', 'DROP TABLE a;', 'INSERT INTO a VALUES (1)', 'a holds 1 row'],
    [
      'a column with values',
      'ALTER TABLE orders ADD COLUMN discount int;',
      'ALTER TABLE orders DROP COLUMN discount;',
      'UPDATE orders SET discount = 5 WHERE id < 3',
      'orders.discount holds 2 values',
    ],
    [
      'a column that is no longer its default',
      "ALTER TABLE orders ADD COLUMN state text NOT NULL DEFAULT 'new';",
      'ALTER TABLE orders DROP COLUMN state;',
      "UPDATE orders SET state = 'paid' WHERE id = 1",
      'orders.state holds 1 value',
    ],
    [
      'a column whose default differs from row to row',
      'ALTER TABLE orders ADD COLUMN made timestamptz DEFAULT clock_timestamp();',
      'ALTER TABLE orders DROP COLUMN made;',
      'SELECT 1',
      'orders.made holds 3 values',
    ],
    [
      'a generated column',
      'ALTER TABLE orders ADD COLUMN double int GENERATED ALWAYS AS (id * 2) STORED;',
      'ALTER TABLE orders DROP COLUMN double;',
      'SELECT 1',
      'orders.double holds 3 values',
    ],
    [
      'several at once, with names that need quotes',
      'CREATE SCHEMA "my app"; CREATE TABLE "my app"."Big" ("An a" int, b json); ',
      'ALTER TABLE "my app"."Big" DROP COLUMN "An a", DROP COLUMN b;',
      `INSERT INTO "my app"."Big" VALUES (1, '{}'), (NULL, '{}')`,
      'my app.Big.An a holds 1 value, my app.Big.b holds 2 values',
    ],
    [
      'rows in a partition',
      'CREATE TABLE p (x int) PARTITION BY LIST (x); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);',
      'DROP TABLE p;',
      'INSERT INTO p VALUES (1)',
      'p holds 1 row',
    ],
    [
      'more than dropping',
      'CREATE TABLE a (x int);',
      'DROP TABLE a;\nDELETE FROM orders;',
      'SELECT 1',
      'a statement that is no DROP (DELETE) at line 2',
    ],
  ];
  test.each(cases)('%s', async (_, up, down, write, detail) => {
    const scripts = [scriptPair('1_a', up, down), ...countedMigrations(2).slice(1)];
    await apply(scripts);
    await database.query(write);
    const before = [await tables(), await columns()];
    expect(await failure(undo(scripts))).toBe(
      `ROLLBACK_NEEDS_PERSON: The rollback script of 1_a may not run unattended: ${detail}.`,
    );
    // Nor is the newer one rolled back, though it alone could be.
    expect([await tables(), await columns()]).toEqual(before);
    expect(await undo(scripts, { by: 'person' })).toEqual(
      [
        { name: '002_step', how: 'reverted' },
        { name: '1_a', how: 'reverted' },
      ].sort((a, b) => (a.name === '002_step' ? -1 : b.name === '002_step' ? 1 : 0)),
    );
  });
});

test.each<[string, string, string]>([
  ['is null everywhere', 'int', 'ALTER TABLE orders DROP COLUMN x;'],
  ['is still its number', 'numeric(10,2) NOT NULL DEFAULT 0', 'ALTER TABLE orders DROP COLUMN x;'],
  ['is still its negative number', 'int NOT NULL DEFAULT -1', 'ALTER TABLE orders DROP COLUMN x;'],
  ['is still its text', "varchar(20) NOT NULL DEFAULT 'it''s'", 'ALTER TABLE orders DROP COLUMN IF EXISTS x;'],
  ['is still its boolean', 'boolean NOT NULL DEFAULT false', 'ALTER TABLE orders DROP COLUMN x;'],
  ['is still its JSON', 'jsonb NOT NULL DEFAULT \'{"a": [1]}\'', 'ALTER TABLE IF EXISTS orders DROP COLUMN x;'],
  ['is still its array', "text[] NOT NULL DEFAULT ARRAY['a','b']", 'ALTER TABLE ONLY orders DROP COLUMN x;'],
])('a column that %s is dropped unattended', async (_, type, down) => {
  const scripts = [scriptPair('1_a', `ALTER TABLE orders ADD COLUMN x ${type};`, down)];
  await apply(scripts);
  expect(await undo(scripts)).toEqual([{ name: '1_a', how: 'reverted' }]);
  expect(await columns()).toEqual(['id']);
});

test('a table whose rows are hidden from us does not count as empty', async () => {
  const role = `reader_${process.pid}_${Date.now()}`;
  await database.query(`CREATE ROLE ${role} LOGIN PASSWORD 'pw'`);
  const name = new URL(database.url).pathname.slice(1);
  await database.query(`GRANT CREATE ON DATABASE ${name} TO ${role}`);
  await database.query(`GRANT ALL ON SCHEMA public TO ${role}`);
  const address = new URL(database.url);
  address.username = role;
  address.password = 'pw';
  const restricted = someSurroundings({ API_DATABASE_URL: address.toString() });
  const up = 'CREATE TABLE a (x int); ALTER TABLE a ENABLE ROW LEVEL SECURITY; ALTER TABLE a FORCE ROW LEVEL SECURITY;';
  const scripts = [scriptPair('1_a', up, 'DROP TABLE a;')];
  await applyMigrations(anApplyOrder(scripts), restricted, anAttempt());
  await database.query('INSERT INTO a VALUES (1)');
  expect(await failure(undoMigrations(anUndoOrder(scripts), restricted, anAttempt()))).toMatch(
    /^ROLLBACK_NEEDS_PERSON: .*: counting a failed: query would be affected by row-level security policy/,
  );
  expect(await tables()).toContain('a');
  await database.query(`REASSIGN OWNED BY ${role} TO CURRENT_USER`);
  await database.query(`DROP OWNED BY ${role}`);
  await database.query(`DROP ROLE ${role}`);
});

test('a row that is written between the look and the drop is seen under the lock', async () => {
  const scripts = [scriptPair('1_a', 'CREATE TABLE a (x int);', 'DROP TABLE a;')];
  await apply(scripts);
  const writer = await database.connect();
  await writer.query('BEGIN');
  await writer.query('INSERT INTO a VALUES (1)');
  // The look does not see the uncommitted row; the lock is not given before its writer has committed.
  let waits = 0;
  const undoing = undoMigrations(
    anUndoOrder(scripts),
    surroundings(),
    anAttempt((text) => {
      if (!String(text).includes('waiting for locks')) return;
      if (++waits === 2) void writer.query('COMMIT');
    }),
  );
  expect(await failure(undoing)).toBe(
    'ROLLBACK_NEEDS_PERSON: The rollback script of 1_a may not run unattended: a holds 1 row.',
  );
  await writer.end();
  expect(await database.query('SELECT x FROM a')).toEqual([{ x: 1 }]);
});

test('a rollback script that fails says where, and changes nothing', async () => {
  const scripts = [scriptPair('1_a', 'CREATE TABLE a (x int);', 'DROP TABLE a;\nDROP TABLE missing;')];
  await apply(scripts);
  expect(await failure(undo(scripts))).toBe(
    'MIGRATION_UNDO_FAILED: The rollback script of 1_a failed: line 2: table "missing" does not exist (SQLSTATE 42P01).',
  );
  expect(await states()).toEqual([{ name: '1_a', state: 'applied' }]);
});

test('a rollback script other than the one that came with the migration is refused', async () => {
  await apply([scriptPair('1_a', 'CREATE TABLE a (x int);', 'DROP TABLE a;')]);
  expect(await failure(undo([scriptPair('1_a', 'CREATE TABLE a (x int);', 'DROP TABLE IF EXISTS a;')]))).toMatch(
    /^MIGRATION_EDITED/,
  );
});
