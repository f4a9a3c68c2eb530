import { connect, createServer } from 'node:net';
import { applyMigrations } from '../../../activities/database/apply-migrations';
import { surveyDatabase } from '../../../activities/database/survey-database';
import type { DatabaseFacts } from '../../../release/facts';
import { freePorts } from '../../../worker/embedded/free-ports';
import { anAttempt, someSurroundings } from '../../support/attempts';
import { listenAs } from '../../support/listen-as';
import { anApplyOrder, countedMigrations, scriptPair } from '../../support/migration-orders';
import { createTestDatabase, type TestDatabase } from '../../support/test-database';
import { startTransactionPooler } from '../../support/transaction-pooler';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
  await database.query('CREATE TABLE effects (name text)');
});
afterEach(() => database.drop());

const filesOf = (scripts: ReturnType<typeof countedMigrations>) =>
  scripts.flatMap(({ upPath, downPath, up, down }) => [
    { path: upPath, content: Buffer.from(up) },
    { path: downPath, content: Buffer.from(down) },
  ]);
const survey = (scripts: ReturnType<typeof countedMigrations>, url = database.url): Promise<DatabaseFacts> =>
  surveyDatabase(
    { service: 'api', url: '${env:API_DATABASE_URL}', files: filesOf(scripts) },
    someSurroundings({ API_DATABASE_URL: url }),
    anAttempt(),
  );
const apply = (scripts: ReturnType<typeof countedMigrations>, url = database.url) =>
  applyMigrations(anApplyOrder(scripts), someSurroundings({ API_DATABASE_URL: url }), anAttempt());

test('a database that Slipway has never seen: all is pending, and nothing is made in it', async () => {
  const facts = await survey(countedMigrations(2));
  expect(facts).toMatchObject({
    access: { verdict: 'passed', detail: 'reachable, writable and direct' },
    pending: ['001_step', '002_step'],
    rows: [],
    problems: [],
  });
  expect(facts.scripts.map(({ name, undo }) => [name, undo])).toEqual([
    ['001_step', { unattended: true }],
    ['002_step', { unattended: true }],
  ]);
  expect(await database.query(`SELECT nspname FROM pg_namespace WHERE nspname = 'slipway'`)).toEqual([]);
});

test('what has run is not pending, what was rolled back is', async () => {
  await apply(countedMigrations(2));
  await database.query(`UPDATE slipway.migration SET state = 'reverted' WHERE name = '002_step'`);
  const facts = await survey(countedMigrations(3));
  expect(facts.pending).toEqual(['002_step', '003_step']);
  expect(facts.rows.map(({ name, state }) => [name, state])).toEqual([
    ['001_step', 'applied'],
    ['002_step', 'reverted'],
  ]);
});

test('problems of files and of rows are told together', async () => {
  await apply([scriptPair('2_b', 'SELECT 1;'), scriptPair('4_d', 'SELECT 1;')]);
  await database.query(
    `INSERT INTO slipway.migration (name, checksum, state, release_id) VALUES ('5_e', 'x', 'failed', 'r')`,
  );
  const facts = await survey([
    scriptPair('1_a', 'VACUUM;'),
    scriptPair('2_b', 'SELECT 2;'),
    scriptPair('3_c', 'SELECT 1;'),
    scriptPair('4_d', 'SELECT 1;'),
    scriptPair('5_e', 'SELECT 1;'),
  ]);
  expect(facts.problems).toEqual([
    'db/1_a.up.sql:1:1: VACUUM cannot run inside a transaction; support for it is coming',
    'db/2_b.up.sql: it has already run with other contents; put those back, and write a new migration for the change',
    'db/3_c.up.sql: it sorts before 4_d, which has already run; rename it so that it sorts last',
    'db/5_e.up.sql: it is recorded as failed by r',
  ]);
});

describe('access', () => {
  const access = async (url: string) => (await survey(countedMigrations(1), url)).access;
  const withUser = (user: string, password: string) => {
    const url = new URL(database.url);
    url.username = user;
    url.password = password;
    return url.toString();
  };

  test('a server that does not answer once is asked again', async () => {
    const target = new URL(database.url);
    let connections = 0;
    const server = createServer((client) => {
      client.on('error', () => undefined);
      if (++connections < 3) return client.destroy();
      const upstream = connect(Number(target.port), target.hostname).on('error', () => undefined);
      client.pipe(upstream).pipe(client);
    });
    try {
      expect(await access(await listenAs(server, database.url))).toMatchObject({ verdict: 'passed' });
    } finally {
      server.close();
    }
  });

  test('a server that does not answer: could not tell', async () => {
    const [port] = await freePorts(1);
    const { verdict, detail } = await access(`postgres://u:s3cr3tpw@127.0.0.1:${port}/x`);
    expect(verdict).toBe('unknown');
    expect(detail).toBe(`The database of api does not answer: connect ECONNREFUSED 127.0.0.1:${port}.`);
  });

  test('a database that is not there, and a user that is not there: refused', async () => {
    const url = new URL(database.url);
    url.pathname = '/nowhere';
    expect(await access(url.toString())).toEqual({
      verdict: 'failed',
      detail: 'The database of api refused the login: database "nowhere" does not exist (SQLSTATE 3D000).',
    });
    const nobody = await access(withUser('nobody_here', 's3cr3tpw'));
    expect(nobody.verdict).toBe('failed');
    expect(nobody.detail).toMatch(/^The database of api refused the login: /);
    expect(nobody.detail).not.toContain('s3cr3tpw');
  });

  test('an address that is none, and a variable that is not set: refused, without showing it', async () => {
    expect(await access('mysql://root:s3cr3tpw@host/db')).toEqual({
      verdict: 'failed',
      detail: 'The database address of api is no PostgreSQL address.',
    });
    const unset = await surveyDatabase(
      { service: 'api', url: '${env:API_DATABASE_URL}', files: [] },
      someSurroundings({}),
      anAttempt(),
    );
    expect(unset.access.verdict).toBe('failed');
    expect(unset.access.detail).toContain('API_DATABASE_URL');
  });

  test('a read-only database is refused', async () => {
    const name = new URL(database.url).pathname.slice(1);
    await database.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    expect(await access(database.url)).toEqual({
      verdict: 'failed',
      detail: 'it is read-only (default_transaction_read_only is on)',
    });
  });

  test('a user without rights is refused, before and after our schema is there', async () => {
    const user = `plain_${process.pid}_${Date.now()}`;
    await database.query(`CREATE ROLE ${user} LOGIN PASSWORD 'pw'`);
    try {
      expect(await access(withUser(user, 'pw'))).toEqual({
        verdict: 'failed',
        detail: `its user ${user} may not make the schema slipway`,
      });
      await expect(apply(countedMigrations(1), withUser(user, 'pw'))).rejects.toMatchObject({
        code: 'DATABASE_DENIED',
        message: expect.stringContaining('its user may not make the schema slipway') as string,
      });
      await apply(countedMigrations(1));
      expect(await access(withUser(user, 'pw'))).toEqual({
        verdict: 'failed',
        detail: `its user ${user} may not use the schema slipway`,
      });
      await database.query(`GRANT USAGE ON SCHEMA slipway TO ${user}`);
      await database.query(`GRANT SELECT ON ALL TABLES IN SCHEMA slipway TO ${user}`);
      expect(await access(withUser(user, 'pw'))).toEqual({
        verdict: 'failed',
        detail: `its user ${user} may not use the tables of the schema slipway`,
      });
      await database.query(`GRANT INSERT, UPDATE ON ALL TABLES IN SCHEMA slipway TO ${user}`);
      expect((await access(withUser(user, 'pw'))).verdict).toBe('passed');
      await database.query(`GRANT CREATE ON SCHEMA public TO ${user}`);
      await database.query(`GRANT INSERT ON effects TO ${user}`);
      const scripts = countedMigrations(2);
      expect(await apply(scripts, withUser(user, 'pw'))).toMatchObject([{ how: 'already' }, { how: 'applied' }]);
    } finally {
      await database.query(`DROP OWNED BY ${user}`);
      await database.query(`DROP ROLE ${user}`);
    }
  });

  test('a transaction pooler is refused, by the survey and by the engine', async () => {
    const pooler = await startTransactionPooler(database.url);
    try {
      expect(await access(pooler.url)).toEqual({
        verdict: 'failed',
        detail:
          'The database address of api leads through a transaction pooler: two connections were given the same server process.',
      });
      await expect(apply(countedMigrations(1), pooler.url)).rejects.toMatchObject({ code: 'DATABASE_POOLED' });
      expect(await database.query(`SELECT FROM pg_namespace WHERE nspname = 'slipway'`)).toEqual([]);
    } finally {
      await pooler.close();
    }
  });
});
