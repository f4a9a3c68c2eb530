import { createHash } from 'node:crypto';
import { problemText, readMigrationScripts, type ScriptFile } from '../../../activities/database/read-scripts';

const file = (path: string, text: string | Uint8Array): ScriptFile => ({
  path: `db/${path}`,
  content: typeof text === 'string' ? new TextEncoder().encode(text) : text,
});
const pair = (up: string | Uint8Array, down: string | Uint8Array = 'DROP TABLE a;') => [
  file('001_a.up.sql', up),
  file('001_a.down.sql', down),
];
const problemsOf = async (files: ScriptFile[]) => (await readMigrationScripts(files)).problems.map(problemText);

test('pairs come in the order in which they run, whatever the width of their numbers', async () => {
  const names = ['10_c', '2_b', '0001_a'];
  const files = names.flatMap((name) => [file(`${name}.up.sql`, 'SELECT 1'), file(`${name}.down.sql`, 'SELECT 1')]);
  const { scripts, problems } = await readMigrationScripts([...files, file('README.md', 'notes')]);
  expect(problems).toEqual([]);
  expect(scripts.map(({ script }) => script.name)).toEqual(['0001_a', '2_b', '10_c']);
});

test('a pair carries its paths, its texts and the checksums of its bytes', async () => {
  const { scripts } = await readMigrationScripts(pair('CREATE TABLE a (x int);'));
  expect(scripts).toEqual([
    {
      up: 'CREATE TABLE a (x int);',
      down: 'DROP TABLE a;',
      script: {
        name: '001_a',
        upPath: 'db/001_a.up.sql',
        downPath: 'db/001_a.down.sql',
        checksum: createHash('sha256').update('CREATE TABLE a (x int);').digest('hex'),
        downChecksum: createHash('sha256').update('DROP TABLE a;').digest('hex'),
        up: 'CREATE TABLE a (x int);',
        down: 'DROP TABLE a;',
        undo: { unattended: true },
      },
    },
  ]);
});

test('the plan shows the beginning of a long script, while the engine has all of it', async () => {
  const long = `SELECT '${'x'.repeat(1_000_000)}';`;
  const [only] = (await readMigrationScripts(pair(long))).scripts;
  expect(only?.script.up).toHaveLength(8000);
  expect(only?.up).toBe(long);
});

test('a byte order mark is accepted and not run, and the checksum is still that of the file', async () => {
  const { scripts, problems } = await readMigrationScripts(pair('\ufeffSELECT 1;'));
  expect(problems).toEqual([]);
  expect(scripts[0]?.up).toBe('SELECT 1;');
  expect(scripts[0]?.script.checksum).toBe(createHash('sha256').update('\ufeffSELECT 1;').digest('hex'));
});

test.each<[string, string]>([
  ['lines that end in CRLF', 'CREATE TABLE a (x int);\r\nINSERT INTO a\r\nVALUES (1);\r\n'],
  ['one BEGIN and COMMIT around the file', '-- why\nBEGIN;\nCREATE TABLE a (x int);\nCOMMIT;\n-- done\n'],
  ['START TRANSACTION and END', 'START TRANSACTION; CREATE TABLE a (); END'],
  ['dollar quotes that hold markers', "DO $x$ BEGIN PERFORM 'COMMIT; \\i -- up'; END $x$;"],
  ['SET LOCAL', 'SET LOCAL search_path = app; CREATE TABLE a ();'],
  ['REINDEX of a table, CLUSTER of a table, ANALYZE', 'REINDEX TABLE a; CLUSTER a USING i; ANALYZE a;'],
  ['an alias that is called slipway', 'UPDATE boats slipway SET x = slipway.x + 1;'],
  ['dropping a constraint', 'ALTER TABLE a DROP CONSTRAINT c;'],
])('%s may stand in a migration', async (_, up) => {
  expect(await problemsOf(pair(up))).toEqual([]);
});

const coming = 'cannot run inside a transaction; support for it is coming';
const transaction =
  'transaction control is only accepted as one BEGIN; … COMMIT; around the whole file, without options';
const ownSchema = "the schema slipway is Slipway's own; nothing else may touch it";

test.each<[string, string, string[]]>([
  ['VACUUM', 'SELECT 1;\n  VACUUM a;', [`2:3: VACUUM ${coming}`]],
  ['CREATE INDEX CONCURRENTLY', 'CREATE INDEX CONCURRENTLY i ON a (x);', [`1:1: CREATE INDEX CONCURRENTLY ${coming}`]],
  ['DROP INDEX CONCURRENTLY', 'DROP INDEX CONCURRENTLY i;', [`1:1: DROP INDEX CONCURRENTLY ${coming}`]],
  ['REINDEX CONCURRENTLY', 'REINDEX (CONCURRENTLY) TABLE a;', [`1:1: REINDEX CONCURRENTLY ${coming}`]],
  ['REINDEX SCHEMA', 'REINDEX SCHEMA public;', [`1:1: REINDEX SCHEMA ${coming}`]],
  [
    'DETACH CONCURRENTLY',
    'ALTER TABLE p DETACH PARTITION c CONCURRENTLY;',
    [`1:1: DETACH PARTITION CONCURRENTLY ${coming}`],
  ],
  ['CLUSTER alone', 'CLUSTER;', [`1:1: CLUSTER without a table ${coming}`]],
  ['CREATE DATABASE', 'CREATE DATABASE d;', [`1:1: CREATE DATABASE ${coming}`]],
  ['DROP DATABASE', 'DROP DATABASE d;', [`1:1: DROP DATABASE ${coming}`]],
  [
    'ALTER DATABASE SET TABLESPACE',
    'ALTER DATABASE d SET TABLESPACE t;',
    [`1:1: ALTER DATABASE SET TABLESPACE ${coming}`],
  ],
  ['ALTER SYSTEM', 'ALTER SYSTEM SET work_mem = 1;', [`1:1: ALTER SYSTEM ${coming}`]],
  ['CREATE TABLESPACE', "CREATE TABLESPACE t LOCATION '/t';", [`1:1: CREATE TABLESPACE ${coming}`]],
  [
    'CREATE SUBSCRIPTION',
    "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p;",
    [`1:1: CREATE SUBSCRIPTION ${coming}`],
  ],
  ['DISCARD ALL', 'DISCARD ALL;', [`1:1: DISCARD ALL ${coming}`]],
  [
    'several faults at once',
    'VACUUM;\nSELECT 1;\nDISCARD ALL;',
    [`1:1: VACUUM ${coming}`, `3:1: DISCARD ALL ${coming}`],
  ],
  ['a COMMIT in the middle', 'CREATE TABLE a ();\nCOMMIT;\nSELECT 1;', [`2:1: ${transaction}`]],
  [
    'a second pair',
    'BEGIN; SELECT 1; COMMIT;\nBEGIN; SELECT 2; COMMIT;',
    [`1:18: ${transaction}`, `2:1: ${transaction}`],
  ],
  ['BEGIN without COMMIT', 'BEGIN; SELECT 1;', [`1:1: ${transaction}`]],
  ['BEGIN with options', 'BEGIN READ ONLY; SELECT 1; COMMIT;', [`1:1: ${transaction}`, `1:28: ${transaction}`]],
  ['COMMIT AND CHAIN', 'BEGIN; SELECT 1; COMMIT AND CHAIN;', [`1:1: ${transaction}`, `1:18: ${transaction}`]],
  ['SAVEPOINT', 'SELECT 1; SAVEPOINT s;', [`1:11: ${transaction}`]],
  [
    'SET search_path',
    'SET search_path = app;',
    ['1:1: SET search_path reaches into the next migration; write SET LOCAL'],
  ],
  ['RESET ALL', 'RESET ALL;', ['1:1: RESET ALL reaches into the next migration; write SET LOCAL']],
  [
    'SET LOCAL lock_timeout',
    "SET LOCAL lock_timeout = '5s';",
    ['1:1: lock_timeout is set by Slipway; set the limits in slipway.yaml'],
  ],
  [
    'set_config for the session',
    "SELECT pg_catalog.set_config('search_path', '', false);",
    ['1:1: set_config reaches into the next migration; give true as its third argument'],
  ],
  [
    'SET TRANSACTION',
    'SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;',
    ['1:1: SET TRANSACTION changes the transaction that Slipway opens'],
  ],
  ['PREPARE', 'PREPARE p AS SELECT 1;', ['1:1: PREPARE outlives the transaction; write the statement itself']],
  [
    'giving back advisory locks',
    'SELECT pg_advisory_unlock_all();',
    ['1:1: pg_advisory_unlock_all could give back the lock that Slipway holds'],
  ],
  [
    'COPY TO PROGRAM',
    "COPY a TO PROGRAM 'curl x';",
    ['1:1: COPY … PROGRAM acts outside the database, where nothing undoes it'],
  ],
  ['COPY TO', "COPY a TO '/x';", ['1:1: COPY … TO takes data out of the database; it has no place in a migration']],
  ['COPY FROM STDIN', 'COPY a FROM STDIN;', ['1:1: COPY … FROM STDIN needs psql; write INSERT statements']],
  [
    'COPY FROM STDIN with its data',
    'CREATE TABLE a (x int);\nCOPY a (x) FROM stdin;\n1\n2\n\\.\n',
    ['2:1: COPY … FROM STDIN needs psql; write INSERT statements'],
  ],
  [
    "psql's commands",
    "SELECT 'é';\n\\i other.sql\n",
    ['2:1: \\i is a command of psql, not SQL; write out what it does'],
  ],
  ['what is no SQL', 'SELECT 1;\n/* é */ SELCT 2;\n', ['2:9: syntax error at or near "SELCT"']],
  ['a quote without end', "SELECT 1;\nSELECT 'x", ['2:8: unterminated quoted string at or near "\'x"']],
  ['half a statement', 'CREATE TABLE a (', ['1:17: syntax error at end of input']],
  ['comments only', '-- later\n', ['1:1: it holds no statement']],
  ['an empty pair', 'BEGIN;\nCOMMIT;\n', ['1:1: it holds no statement']],
  ['a write to our table', 'DELETE FROM slipway.migration;', [`1:1: ${ownSchema}`]],
  ['dropping our table', 'DROP TABLE IF EXISTS a, slipway.fence;', [`1:1: ${ownSchema}`]],
  ['dropping our schema', 'DROP SCHEMA slipway CASCADE;', [`1:1: ${ownSchema}`]],
  ['renaming our schema', 'ALTER SCHEMA slipway RENAME TO s;', [`1:1: ${ownSchema}`]],
  ['making our schema', 'CREATE SCHEMA IF NOT EXISTS slipway;', [`1:1: ${ownSchema}`]],
  ['moving a table into our schema', 'ALTER TABLE a SET SCHEMA slipway;', [`1:1: ${ownSchema}`]],
  [
    'reading our table in a view',
    'CREATE VIEW v AS SELECT * FROM (SELECT * FROM slipway.migration) x;',
    [`1:1: ${ownSchema}`],
  ],
  ['DROP OWNED', 'DROP OWNED BY me;', ['1:1: DROP OWNED could drop the schema slipway; drop the objects one by one']],
])('%s is refused, with its place', async (_, up, expected) => {
  expect(await problemsOf(pair(up))).toEqual(expected.map((text) => `db/001_a.up.sql:${text}`));
});

test.each<[string, ScriptFile[], string[]]>([
  [
    'a forward script without its rollback script',
    [file('001_a.up.sql', 'SELECT 1')],
    ['db/001_a.up.sql: it has no rollback script 001_a.down.sql beside it'],
  ],
  [
    'a rollback script without its forward script',
    [file('001_a.down.sql', 'SELECT 1')],
    ['db/001_a.down.sql: it has no forward script 001_a.up.sql beside it'],
  ],
  ['an empty file', pair('', ' \n'), ['db/001_a.down.sql: it is empty', 'db/001_a.up.sql: it is empty']],
  [
    'bytes that are no UTF-8',
    pair(new Uint8Array([...Buffer.from('SELECT 1;\nSELECT '), 0xe9, 0x27])),
    ['db/001_a.up.sql:2: it is not UTF-8; save it as UTF-8'],
  ],
  ['UTF-16', pair(Buffer.from('\ufeffSELECT 1;', 'utf16le')), ['db/001_a.up.sql: it is UTF-16; save it as UTF-8']],
  ['a zero byte', pair('SELECT 1;\n\0'), ['db/001_a.up.sql:2: it holds a zero byte; it is no text']],
  [
    'two files with one number',
    [...pair('SELECT 1'), file('1_b.up.sql', 'SELECT 1'), file('1_b.down.sql', 'SELECT 1')],
    ['db/1_b.up.sql: its number 1 is already that of 001_a'],
  ],
  [
    'two files with one name',
    [...pair('SELECT 1'), file('x/001_a.up.sql', 'SELECT 1')],
    ['db/x/001_a.up.sql: db/001_a.up.sql has the same name'],
  ],
  [
    'names that differ in case only',
    ['a', 'A'].flatMap((name) => [file(`${name}.up.sql`, 'SELECT 1'), file(`${name}.down.sql`, 'SELECT 1')]),
    ['db/a.down.sql: its name differs from db/A.down.sql in upper and lower case only'],
  ],
  [
    'a name without a number among numbered ones',
    [...pair('SELECT 1'), file('b.up.sql', 'SELECT 1'), file('b.down.sql', 'SELECT 1')],
    ['db/b.up.sql: its name does not begin with a number, but 001_a does: its place in the order is unclear'],
  ],
  [
    'another kind of SQL file',
    [...pair('SELECT 1'), file('001_a.verify.sql', 'SELECT 1')],
    ['db/001_a.verify.sql: its name is neither NAME.up.sql nor NAME.down.sql'],
  ],
])('%s is a problem', async (_, files, expected) => {
  expect(await problemsOf(files)).toEqual(expected);
});

test.each([
  ['create table a (id int)', undefined],
  ['create table a (id int); insert into a values (1)', undefined],
  ['alter table a add column b int; create index on a (b); drop index c; drop view v', undefined],
  ["create function f() returns void language sql as 'delete from a'", undefined],
  ['select 1;\ndrop table a', 'DROP TABLE at line 2'],
  ['drop view v cascade', 'DROP VIEW … CASCADE at line 1'],
  ['alter table a drop column b', 'DROP COLUMN at line 1'],
  ['alter table a alter column b type text', 'ALTER COLUMN … TYPE at line 1'],
  ['update a set b = 1', 'UPDATE at line 1'],
  ['with gone as (delete from a returning *) insert into b select * from gone', 'DELETE at line 1'],
  ['truncate a', 'TRUNCATE at line 1'],
  ['do $$ begin perform 1; end $$', 'a DO block at line 1'],
])('whether a forward script may destroy data: %s', async (up, destroys) => {
  const { scripts, problems } = await readMigrationScripts([
    { path: '1.up.sql', content: Buffer.from(up) },
    { path: '1.down.sql', content: Buffer.from('select 1') },
  ]);
  expect({ destroys: scripts[0]?.script.destroys, problems }).toEqual({ destroys, problems: [] });
});

test('everything that is wrong is said at once, sorted by file', async () => {
  const files = [
    file('2_b.up.sql', 'SELCT'),
    file('1_a.up.sql', 'VACUUM;'),
    file('1_a.down.sql', ''),
    file('3_c.down.sql', 'SELECT 1'),
  ];
  expect(await problemsOf(files)).toEqual([
    'db/1_a.down.sql: it is empty',
    `db/1_a.up.sql:1:1: VACUUM ${coming}`,
    'db/2_b.up.sql: it has no rollback script 2_b.down.sql beside it',
    'db/2_b.up.sql:1:1: syntax error at or near "SELCT"',
    'db/3_c.down.sql: it has no forward script 3_c.up.sql beside it',
  ]);
});

test.each<[string, string | true]>([
  [
    'DROP INDEX i; DROP VIEW v; DROP TABLE IF EXISTS a, s.b; ALTER TABLE c DROP COLUMN x, DROP COLUMN IF EXISTS y;',
    true,
  ],
  ['BEGIN; DROP TABLE a; COMMIT;', true],
  ['DROP VIEW v;\nDROP TABLE a CASCADE;', 'DROP TABLE … CASCADE at line 2'],
  ['ALTER TABLE a DROP COLUMN x CASCADE;', 'DROP COLUMN … CASCADE at line 1'],
  ['ALTER TABLE a DROP COLUMN x, ADD COLUMN y int;', 'ALTER TABLE with something other than DROP COLUMN at line 1'],
  ['ALTER TABLE a DROP CONSTRAINT c;', 'ALTER TABLE with something other than DROP COLUMN at line 1'],
  ['DROP MATERIALIZED VIEW v;', 'a matview is dropped at line 1'],
  ['DROP SCHEMA app;', 'a schema is dropped at line 1'],
  ['DROP TYPE t;', 'a type is dropped at line 1'],
  ['DELETE FROM a;', 'a statement that is no DROP (DELETE) at line 1'],
  ['DROP TABLE a;\n\nUPDATE b SET x = 1;', 'a statement that is no DROP (UPDATE) at line 3'],
  ['DO $$ BEGIN END $$;', 'a statement that is no DROP (DO) at line 1'],
])('a rollback script `%s` may run unattended: %s', async (down, expected) => {
  const { scripts } = await readMigrationScripts(pair('SELECT 1', down));
  expect(scripts[0]?.script.undo).toEqual(
    expected === true ? { unattended: true } : { unattended: false, reason: expected },
  );
});
