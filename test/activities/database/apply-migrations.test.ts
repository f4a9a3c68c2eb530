import { releaseKey } from '../../../release/identity';
import { applyMigrations } from '../../../activities/database/apply-migrations';
import { raiseDatabaseFences } from '../../../activities/database/raise-database-fence';
import { anAttempt, someSurroundings } from '../../support/attempts';
import { aRelease, anApplyOrder, countedMigrations, scriptPair } from '../../support/migration-orders';
import { eventually } from '../../support/eventually';
import { createTestDatabase, type TestDatabase } from '../../support/test-database';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
  await database.query('CREATE TABLE effects (name text)');
});
afterEach(() => database.drop());

const surroundings = () => someSurroundings({ API_DATABASE_URL: database.url });
const apply = (
  scripts: Parameters<typeof anApplyOrder>[0],
  change: Parameters<typeof anApplyOrder>[1] = {},
  attempt = anAttempt(),
) => applyMigrations(anApplyOrder(scripts, change), surroundings(), attempt);
const effects = async () =>
  (await database.query<{ name: string }>('SELECT name FROM effects ORDER BY name')).map(({ name }) => name);
const failure = (run: Promise<unknown>) =>
  run.then(
    () => 'nothing failed',
    (error: Error) => `${(error as { code?: string }).code}: ${error.message}`,
  );

test('migrations run in order, each with a row that says by whom and in which transaction', async () => {
  const scripts = countedMigrations(3);
  const done = await apply([...scripts].reverse());
  expect(done.map(({ name, how }) => [name, how])).toEqual(scripts.map(({ name }) => [name, 'applied']));
  expect(await effects()).toEqual(['001_step', '002_step', '003_step']);
  const rows = await database.query(
    `SELECT name, checksum, down_checksum, state, step, steps, release_id, approved_by, backup_id, xid::text,
       fp_before, fp_after, started_at <= applied_at AS ordered FROM slipway.migration ORDER BY name`,
  );
  expect(rows).toEqual(
    scripts.map(({ name, checksum, downChecksum }, index) => ({
      name,
      checksum,
      down_checksum: downChecksum,
      state: 'applied',
      step: 2,
      steps: 2,
      release_id: releaseKey(aRelease()),
      approved_by: 'ada',
      backup_id: 'backup-7',
      xid: done[index]?.xid,
      fp_before: null,
      fp_after: null,
      ordered: true,
    })),
  );
  expect(new Set(done.map(({ xid }) => xid)).size).toBe(3);
});

test('a second call finds everything applied and does nothing', async () => {
  const first = await apply(countedMigrations(2));
  const second = await apply(countedMigrations(2));
  expect(second.map(({ how, xid }) => ({ how, xid }))).toEqual(first.map(({ xid }) => ({ how: 'already', xid })));
  expect(await effects()).toEqual(['001_step', '002_step']);
});

test('two runners at once apply every migration once', async () => {
  const results = await Promise.all([1, 2, 3].map(() => apply(countedMigrations(8))));
  expect(await effects()).toHaveLength(8);
  const applied = results.flat().filter(({ how }) => how === 'applied');
  expect(applied.map(({ name }) => name).sort()).toEqual(countedMigrations(8).map(({ name }) => name));
});

test('one BEGIN and COMMIT around a file is replaced by our transaction', async () => {
  const up = "BEGIN;\nINSERT INTO effects VALUES ('kept');\nSELECT 1/0;\nCOMMIT;\n";
  expect(await failure(apply([scriptPair('1_a', up)]))).toBe(
    'MIGRATION_FAILED: Migration 1_a of api failed at line 3: division by zero (SQLSTATE 22012).',
  );
  expect(await effects()).toEqual([]);
});

test('migrations before the failing one stay, and the failing one leaves nothing', async () => {
  const scripts = [
    ...countedMigrations(1),
    scriptPair('002_bad', "INSERT INTO effects VALUES ('x');\nSELECT nothing;"),
  ];
  expect(await failure(apply(scripts))).toContain('Migration 002_bad of api failed at line 2');
  expect(await effects()).toEqual(['001_step']);
  expect(await database.query('SELECT name FROM slipway.migration')).toEqual([{ name: '001_step' }]);
});

test.each<[string, string, string]>([
  ['a position', "SELECT 'é😀',\n  missing FROM effects;", 'failed at line 2: column "missing" does not exist'],
  ['no position', 'SELECT 1;\n\n-- é\nINSERT INTO effects SELECT 1/0;', 'failed at line 4: division by zero'],
  [
    'a constraint that is checked at COMMIT',
    'CREATE TABLE a (x int PRIMARY KEY);\nCREATE TABLE b (x int REFERENCES a DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO b VALUES (1);',
    'failed at line 3: insert or update on table "b" violates foreign key constraint',
  ],
  ['a COMMIT inside DO', 'SELECT 1;\nDO $$ BEGIN COMMIT; END $$;', 'failed at line 2: invalid transaction termination'],
  [
    'a statement that takes too long',
    'SELECT pg_sleep(30);',
    'failed at line 1: canceling statement due to statement timeout',
  ],
])('a failure with %s names its line', async (_, up, expected) => {
  const limits = { lockTimeout: 200, statementTimeout: 1_000, lockPatience: 5_000 };
  expect(await failure(apply([scriptPair('1_a', up)], { limits }))).toContain(expected);
  expect(await effects()).toEqual([]);
});

test('a script may change its role: the row is written as ourselves', async () => {
  await database.query('CREATE SCHEMA app');
  const role = `app_${process.pid}_${Date.now()}`;
  await database.query(`CREATE ROLE ${role}`);
  await database.query(`GRANT CREATE, USAGE ON SCHEMA app TO ${role}`);
  await apply([scriptPair('1_a', `SET LOCAL ROLE ${role}; CREATE TABLE app.a (x int);`)]);
  const owners = await database.query(
    `SELECT tableowner FROM pg_tables WHERE tablename IN ('a', 'migration') ORDER BY 1`,
  );
  expect(owners).toEqual([{ tableowner: role }, { tableowner: 'postgres' }]);
  await database.query(`DROP OWNED BY ${role}`);
  await database.query(`DROP ROLE ${role}`);
});

test('a SET LOCAL does not reach into the next migration', async () => {
  await database.query('CREATE SCHEMA app');
  await apply([
    scriptPair('1_a', 'SET LOCAL search_path = app; CREATE TABLE a (x int);'),
    scriptPair('2_b', 'CREATE TABLE b (x int);'),
  ]);
  expect(
    await database.query(`SELECT schemaname FROM pg_tables WHERE tablename IN ('a','b') ORDER BY tablename`),
  ).toEqual([{ schemaname: 'app' }, { schemaname: 'public' }]);
});

test('readers are served while a migration waits behind an open transaction', async () => {
  const blocker = await database.connect();
  await blocker.query('BEGIN');
  await blocker.query('SELECT FROM effects');
  let reads = 0;
  const waits: string[] = [];
  const limits = { lockTimeout: 100, statementTimeout: 30_000, lockPatience: 30_000 };
  const migrating = apply(
    [scriptPair('1_a', 'ALTER TABLE effects ADD COLUMN y int;')],
    { limits },
    anAttempt((text) => {
      if (String(text).includes('waiting for locks')) waits.push(String(text));
    }),
  );
  // Each read begins while the migration is waiting; all come back, though the blocker still holds its lock.
  while (waits.length < 5) {
    await database.query('SELECT count(*) FROM effects');
    reads++;
  }
  expect(reads).toBeGreaterThan(waits.length);
  expect(waits[0]).toMatch(
    /^1 of 1, 1_a, waiting for locks 0 s, try 1: the oldest other transaction is that of test, process \d+, idle in transaction for \d+ s$/,
  );
  await blocker.query('COMMIT');
  await blocker.end();
  expect(await migrating).toMatchObject([{ name: '1_a', how: 'applied' }]);
});

test('a migration that gets no lock in time says who may hold it, and can be tried again', async () => {
  const blocker = await database.connect();
  await blocker.query('BEGIN');
  await blocker.query('SELECT FROM effects');
  const limits = { lockTimeout: 50, statementTimeout: 30_000, lockPatience: 300 };
  expect(await failure(apply([scriptPair('1_a', 'ALTER TABLE effects ADD COLUMN y int;')], { limits }))).toMatch(
    /^MIGRATION_LOCKED: Migration 1_a of api got no lock within 300ms: canceling statement due to lock timeout \(SQLSTATE 55P03\); the oldest other transaction is that of test/,
  );
  await blocker.end();
  expect(await apply([scriptPair('1_a', 'ALTER TABLE effects ADD COLUMN y int;')])).toMatchObject([{ how: 'applied' }]);
});

test('after the fence nothing of the release is applied any more, and another release still is', async () => {
  const databases = [{ service: 'api', url: '${env:API_DATABASE_URL}' }];
  await raiseDatabaseFences({ release: aRelease(), databases }, surroundings(), anAttempt());
  expect(await failure(apply(countedMigrations(2)))).toBe(
    'FENCED: Refused, because its own rollback has taken over the database of api from this release.',
  );
  expect(await effects()).toEqual([]);
  await apply(countedMigrations(2), { release: aRelease('release/shop/production/1.2.0/2') });
  expect(await effects()).toHaveLength(2);
  expect(await database.query('SELECT release_id, environment, reason FROM slipway.fence')).toEqual([
    { release_id: releaseKey(aRelease()), environment: 'production', reason: 'rollback' },
  ]);
});

test('an edited, a late and an unfinished migration are refused before anything runs', async () => {
  await apply([scriptPair('2_b', 'SELECT 1;')]);
  const after = scriptPair('3_c', "INSERT INTO effects VALUES ('c');");
  expect(await failure(apply([scriptPair('2_b', 'SELECT 2;'), after]))).toBe(
    'MIGRATION_EDITED: Migration 2_b of api has already run with other contents.',
  );
  expect(await failure(apply([after, scriptPair('1_a', 'SELECT 1;')]))).toBe(
    'MIGRATION_LATE: Migration 1_a of api sorts before 2_b, which has already run.',
  );
  await database.query(
    `INSERT INTO slipway.migration (name, checksum, state, release_id) VALUES ('3_c', 'x', 'running', 'r')`,
  );
  expect(await failure(apply([after]))).toBe('MIGRATION_UNFINISHED: Migration 3_c of api is recorded as running by r.');
  expect(await effects()).toEqual([]);
});

test('a cancelled attempt keeps nothing and lets go of its lock', async () => {
  const controller = new AbortController();
  const script = scriptPair('1_a', "INSERT INTO effects VALUES ('x'); SELECT pg_sleep(30);");
  const running = apply(
    [script],
    {},
    anAttempt(() => undefined, controller.signal),
  );
  await eventually('the statement to run', async () => {
    const running = await database.query(
      `SELECT FROM pg_stat_activity
       WHERE datname = current_database() AND query LIKE '%pg_sleep(30)%' AND wait_event = 'PgSleep'`,
    );
    return running.length > 0 ? true : undefined;
  });
  controller.abort(new Error('cancelled'));
  await expect(running).rejects.toThrow('cancelled');
  expect(await apply(countedMigrations(1))).toMatchObject([{ how: 'applied' }]);
  expect(await effects()).toEqual(['001_step']);
});

test('no session is left open', async () => {
  await apply(countedMigrations(1));
  await eventually('the end of our sessions', async () => {
    const left = await database.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'slipway:%'`,
    );
    return left.length === 0 ? true : undefined;
  });
});
