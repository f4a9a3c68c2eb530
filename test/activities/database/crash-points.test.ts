import { applyMigrations } from '../../../activities/database/apply-migrations';
import { raiseDatabaseFences } from '../../../activities/database/raise-database-fence';
import { undoMigrations } from '../../../activities/database/undo-migrations';
import { anAttempt, someSurroundings } from '../../support/attempts';
import { startCuttingProxy } from '../../support/cutting-proxy';
import { killMigrationProcesses, startMigrationProcess } from '../../support/migration-process';
import { aRelease, anApplyOrder, anUndoOrder, countedMigrations, scriptPair } from '../../support/migration-orders';
import { startOwnPostgres } from '../../support/own-postgres';
import { eventually } from '../../support/eventually';
import { createTestDatabase, type TestDatabase } from '../../support/test-database';

const databases: TestDatabase[] = [];
async function newDatabase(server?: string): Promise<TestDatabase> {
  const database = await createTestDatabase(server);
  if (server === undefined) databases.push(database);
  await database.query('CREATE TABLE effects (name text)');
  return database;
}
afterEach(killMigrationProcesses);
afterAll(() => Promise.all(databases.map((database) => database.drop())));

const scripts = countedMigrations(3);
const names = scripts.map(({ name }) => name);
const surroundingsOf = (url: string, change: Parameters<typeof someSurroundings>[1] = {}) =>
  someSurroundings({ API_DATABASE_URL: url }, change);
const apply = (url: string) => applyMigrations(anApplyOrder(scripts), surroundingsOf(url), anAttempt());
const undo = (url: string) => undoMigrations(anUndoOrder(scripts), surroundingsOf(url), anAttempt());
const raise = (url: string) =>
  raiseDatabaseFences(
    { release: aRelease(), databases: [{ service: 'api', url: '${env:API_DATABASE_URL}' }] },
    surroundingsOf(url),
    anAttempt(),
  );

async function expectEachOnce({ query }: TestDatabase): Promise<void> {
  expect(await query('SELECT name FROM effects ORDER BY name')).toEqual(names.map((name) => ({ name })));
  expect(await query(`SELECT name FROM slipway.migration WHERE state = 'applied' ORDER BY name`)).toEqual(
    names.map((name) => ({ name })),
  );
}

const forwardPoints = [
  'migrate-begin:before',
  'migrate-begin:after',
  'migrate-sql:before',
  'migrate-sql:after',
  'migrate-commit:before',
  'migrate-commit:after',
];

test.each(forwardPoints)('a worker killed at %s: the next attempt ends as if nothing had happened', async (point) => {
  const database = await newDatabase();
  const at = { point, nth: 2, signal: 'SIGKILL' } as const;
  const worker = startMigrationProcess({ act: 'apply', order: anApplyOrder(scripts), url: database.url, at });
  expect(await worker.end).toEqual({ killed: 'SIGKILL' });
  await apply(database.url);
  await expectEachOnce(database);
});

// One test for all points: each waits for the server to end the stopped worker's session.
test('a worker stopped at any point: the next attempt goes on, and the first changes nothing when it wakes', async () => {
  await Promise.all(
    forwardPoints.map(async (point) => {
      const database = await newDatabase();
      const at = { point, nth: 2, signal: 'SIGSTOP' } as const;
      const worker = startMigrationProcess({ act: 'apply', order: anApplyOrder(scripts), url: database.url, at });
      await worker.reached;
      expect(await apply(database.url)).toHaveLength(3);
      await expectEachOnce(database);
      worker.signal('SIGCONT');
      expect(await worker.end).toMatchObject({ result: names.map((name) => ({ name })) });
      await expectEachOnce(database);
    }),
  );
});

test('a worker killed while a statement runs: the server notices, and the next attempt gets the lock', async () => {
  const database = await newDatabase();
  const slow = [scriptPair('1_slow', "INSERT INTO effects VALUES ('1_slow'); SELECT pg_sleep(600);")];
  const order = anApplyOrder(slow, { limits: { lockTimeout: 200, statementTimeout: 600_000, lockPatience: 60_000 } });
  const worker = startMigrationProcess({ act: 'apply', order, url: database.url });
  await untilAsleep(database);
  worker.signal('SIGKILL');
  await worker.end;
  const mended = [scriptPair('1_slow', "INSERT INTO effects VALUES ('1_slow');")];
  await applyMigrations(anApplyOrder(mended), surroundingsOf(database.url), anAttempt());
  expect(await database.query('SELECT name FROM effects')).toEqual([{ name: '1_slow' }]);
});

test.each(forwardPoints)(
  'a worker stopped at %s, then the rollback: nothing of it lands when it wakes',
  async (point) => {
    const database = await newDatabase();
    const at = { point, nth: 2, signal: 'SIGSTOP' } as const;
    const worker = startMigrationProcess({ act: 'apply', order: anApplyOrder(scripts), url: database.url, at });
    await worker.reached;
    await raise(database.url);
    const done = new Map((await undo(database.url)).map(({ name, how }) => [name, how]));
    expect(done.get('001_step')).toBe('reverted');
    expect(done.get('002_step')).toBe(point === 'migrate-commit:after' ? 'reverted' : 'never');
    const after = await snapshot(database);
    worker.signal('SIGCONT');
    expect(await worker.end).toMatchObject({ error: { code: 'FENCED' } });
    expect(await snapshot(database)).toEqual(after);
  },
);

test('a worker stopped in the middle, then a rollback that may not end its session: it waits until that is over', async () => {
  const database = await newDatabase();
  const at = { point: 'migrate-commit:before', nth: 1, signal: 'SIGSTOP' } as const;
  const worker = startMigrationProcess({ act: 'apply', order: anApplyOrder(scripts), url: database.url, at });
  await worker.reached;
  // undoMigrations ends no session: it polls for the lock and raises the fence once it has it.
  expect(await undo(database.url)).toEqual([...names].reverse().map((name) => ({ name, how: 'never' })));
  worker.signal('SIGCONT');
  expect(await worker.end).toMatchObject({ error: { code: 'FENCED' } });
  expect(await database.query('SELECT name FROM effects')).toEqual([]);
});

test('a rollback while a statement still runs ends it', async () => {
  const database = await newDatabase();
  const slow = [scriptPair('1_slow', "INSERT INTO effects VALUES ('1_slow'); SELECT pg_sleep(600);")];
  const order = anApplyOrder(slow, { limits: { lockTimeout: 200, statementTimeout: 600_000, lockPatience: 60_000 } });
  const worker = startMigrationProcess({ act: 'apply', order, url: database.url });
  await untilAsleep(database);
  await raise(database.url);
  expect(await worker.end).toMatchObject({ error: { code: 'FENCED' } });
  expect(await database.query('SELECT name FROM effects')).toEqual([]);
});

test('a script that gives back our lock: the fence still cannot come between its row and its commit', async () => {
  const database = await newDatabase();
  const hidden = 'DO $$ BEGIN PERFORM pg_advisory_unlock_all(); END $$;';
  const sneaky = [scriptPair('1_a', `CREATE TABLE a (x int); ${hidden}`, 'DROP TABLE a;')];
  let undoing: Promise<unknown> | undefined;
  const reach = async (point: string) => {
    if (point !== 'migrate-commit:before') return;
    undoing = undoMigrations(anUndoOrder(sneaky), surroundingsOf(database.url), anAttempt());
    await eventually('the rollback to wait for the fence table', async () => {
      const waiting = await database.query(
        `SELECT FROM pg_locks WHERE NOT granted AND relation = 'slipway.fence'::regclass`,
      );
      return waiting.length > 0 ? true : undefined;
    });
  };
  await applyMigrations(anApplyOrder(sneaky), surroundingsOf(database.url, { reach }), anAttempt());
  expect(await undoing).toEqual([{ name: '1_a', how: 'reverted' }]);
});

test('a script that gives back our lock: a fence raised before its row is written stops it', async () => {
  const database = await newDatabase();
  const hidden = 'DO $$ BEGIN PERFORM pg_advisory_unlock_all(); END $$;';
  const sneaky = [scriptPair('1_a', `CREATE TABLE a (x int); ${hidden}`, 'DROP TABLE a;')];
  const reach = async (point: string) => {
    if (point !== 'migrate-sql:after') return;
    const undone = await undoMigrations(anUndoOrder(sneaky), surroundingsOf(database.url), anAttempt());
    expect(undone).toEqual([{ name: '1_a', how: 'never' }]);
  };
  const applying = applyMigrations(anApplyOrder(sneaky), surroundingsOf(database.url, { reach }), anAttempt());
  await expect(applying).rejects.toMatchObject({ code: 'FENCED' });
  expect(await snapshot(database)).toEqual({ tables: ['effects'], rows: [] });
});

const undoPoints = [
  'database-fence:before',
  'database-fence:after',
  'undo-migration-sql:before',
  'undo-migration-sql:after',
  'undo-migration-commit:before',
  'undo-migration-commit:after',
];

test.each(undoPoints)('a rollback killed at %s: the next attempt finishes it', async (point) => {
  const database = await newDatabase();
  await apply(database.url);
  const at = { point, nth: 1, signal: 'SIGKILL' } as const;
  const worker = startMigrationProcess({ act: 'undo', order: anUndoOrder(scripts), url: database.url, at });
  expect(await worker.end).toEqual({ killed: 'SIGKILL' });
  await undo(database.url);
  expect(await snapshot(database)).toEqual({
    tables: ['effects'],
    rows: names.map((name) => ({ name, state: 'reverted' })),
  });
});

test('a rollback stopped at any point: the next attempt finishes it, and the first changes nothing when it wakes', async () => {
  await Promise.all(
    undoPoints.map(async (point) => {
      const database = await newDatabase();
      await apply(database.url);
      const at = { point, nth: 1, signal: 'SIGSTOP' } as const;
      const worker = startMigrationProcess({ act: 'undo', order: anUndoOrder(scripts), url: database.url, at });
      await worker.reached;
      await undo(database.url);
      const after = await snapshot(database);
      expect(after.tables).toEqual(['effects']);
      worker.signal('SIGCONT');
      expect(await worker.end).toMatchObject({ result: [...names].reverse().map((name) => ({ name })) });
      expect(await snapshot(database)).toEqual(after);
    }),
  );
});

test.each(['database-fence:before', 'database-fence:after'])(
  'raising the fence killed at %s: the next attempt has it stand',
  async (point) => {
    const database = await newDatabase();
    const order = { release: aRelease(), databases: [{ service: 'api', url: '${env:API_DATABASE_URL}' }] };
    const at = { point, nth: 1, signal: 'SIGKILL' } as const;
    const worker = startMigrationProcess({ act: 'raise', order, url: database.url, at });
    expect(await worker.end).toEqual({ killed: 'SIGKILL' });
    await raise(database.url);
    await expect(apply(database.url)).rejects.toMatchObject({ code: 'FENCED' });
  },
);

test.each(['before', 'after'] as const)(
  'a connection cut %s the server got COMMIT: the answer is read from the table',
  async (when) => {
    const database = await newDatabase();
    const proxy = await startCuttingProxy(database.url, when, 3);
    const done = await apply(proxy.url);
    expect(proxy.cuts).toBe(3);
    expect(done.map(({ name }) => name)).toEqual(names);
    await expectEachOnce(database);
    await proxy.close();
  },
);

test('a connection that is cut again and again: could not tell, and a later attempt finds what is so', async () => {
  const database = await newDatabase();
  const proxy = await startCuttingProxy(database.url, 'before', 100);
  await expect(apply(proxy.url)).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' });
  expect(await database.query('SELECT name FROM effects')).toEqual([]);
  await proxy.close();
  await apply(database.url);
  await expectEachOnce(database);
});

test.each([
  ['SIGINT', 'migrate-sql:after'],
  ['SIGKILL', 'migrate-sql:after'],
  ['SIGKILL', 'migrate-commit:before'],
  ['SIGKILL', 'migrate-commit:after'],
] as const)(
  'PostgreSQL ended by %s and started again at %s: every migration is applied once',
  async (signal, point) => {
    const server = await startOwnPostgres();
    try {
      const database = await newDatabase(server.url);
      let left = 2;
      const reach = async (reached: string) => {
        if (reached === point && --left === 0) await server.restart(signal);
      };
      await applyMigrations(anApplyOrder(scripts), surroundingsOf(database.url, { reach }), anAttempt());
      expect(left).toBeLessThanOrEqual(0);
      await expectEachOnce(database);
    } finally {
      await server.stop();
    }
  },
);

async function snapshot({ query }: TestDatabase) {
  const tables = await query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
  );
  const rows = await query('SELECT name, state FROM slipway.migration ORDER BY name');
  return { tables: tables.map(({ name }) => name), rows };
}

async function untilAsleep({ query }: TestDatabase): Promise<void> {
  for (;;) {
    const asleep = await query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`,
    );
    if (asleep.length > 0) return;
  }
}
