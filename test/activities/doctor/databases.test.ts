import { oldTransactions } from '../../../activities/doctor/database-server';
import { Session } from '../../../activities/database/session';
import type { Examination } from '../../../release/doctor';
import { aService } from '../../support/builders';
import { createTestDatabase, type TestDatabase } from '../../support/test-database';
import { startTransactionPooler } from '../../support/transaction-pooler';
import { examine, lineOf } from './patient';

let database: TestDatabase;
const role = `doctor_${Math.random().toString(36).slice(2, 10)}`;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.query(`CREATE ROLE ${role} LOGIN PASSWORD 'secret-of-doctor'`);
});
afterAll(async () => {
  await database.query(`DROP OWNED BY ${role}`);
  await database.query(`DROP ROLE ${role}`);
  await database.drop();
});

const api = aService('api', {
  database: {
    url: '${env:DATABASE_URL}',
    migrations: 'db/migrations',
    onRollback: 'keep',
    backup: { kind: 'none', reason: 'a test' },
    limits: { lockTimeout: 100, statementTimeout: 1_000, lockPatience: 1_000 },
  },
});

const look = (url: string): Promise<Examination[]> =>
  examine('databases', { services: [api], env: { DATABASE_URL: url } });

/** The address with which that user logs in. */
function asRole(change: (url: URL) => void = () => undefined): string {
  const url = new URL(database.url);
  url.username = role;
  url.password = 'secret-of-doctor';
  change(url);
  return url.toString();
}

const bad = (found: readonly Examination[]): readonly string[] =>
  found.filter(({ verdict }) => verdict !== 'passed').map(({ name, verdict }) => `${verdict} ${name}`);

describe('databases', () => {
  it('pass for their owner, and stay as they were', async () => {
    const found = await look(database.url);
    expect(bad(found)).toEqual([]);
    expect(lineOf(found, 'api: connection').detail).toBe('direct, and the limits of a migration can be set');
    expect(lineOf(found, 'api: server').detail).toMatch(/^PostgreSQL \d+/);
    expect(await database.query(`SELECT to_regnamespace('slipway') AS schema`)).toEqual([{ schema: null }]);
  });

  it('fail for a user who may only read', async () => {
    await database.query('CREATE TABLE book (id int)');
    await database.query(`ALTER ROLE ${role} SET default_transaction_read_only = on`);
    const found = await look(asRole());
    expect(bad(found)).toEqual(['failed api: writing', 'failed api: schema slipway', 'failed api: schema public']);
    expect(lineOf(found, 'api: schema public').todo).toBe(`GRANT CREATE ON SCHEMA public TO ${role};`);
    await database.query(`ALTER ROLE ${role} RESET default_transaction_read_only`);
  });

  it('are warned of where tables belong to another', async () => {
    await database.query(`GRANT CREATE ON SCHEMA public TO ${role}`);
    await database.query('CREATE TABLE IF NOT EXISTS book (id int)');
    const line = lineOf(await look(asRole()), 'api: schema public');
    expect(line.verdict).toBe('warning');
    expect(line.detail).toMatch(/^1 of 1 tables and views belong to/);
    // A superuser's: nobody is to become one for this.
    expect(line.todo).toBe(`Let ${role} own them: ALTER TABLE … OWNER TO ${role};`);
  });

  it('fail where the schema may not be used, and where none of the search path is there', async () => {
    await database.query('REVOKE USAGE ON SCHEMA public FROM public');
    expect(lineOf(await look(asRole()), 'api: changing the schema')).toMatchObject({
      verdict: 'failed',
      detail: `${role} may not use public`,
      todo: `GRANT USAGE, CREATE ON SCHEMA public TO ${role};`,
    });
    await database.query('GRANT USAGE ON SCHEMA public TO public');
    await database.query(`ALTER ROLE ${role} SET search_path = nowhere, "No Where"`);
    expect(lineOf(await look(asRole()), 'api: changing the schema')).toMatchObject({
      verdict: 'failed',
      detail: 'none of the schemas in its search_path (nowhere, "No Where") is there',
    });
    await database.query(`ALTER ROLE ${role} RESET search_path`);
  });

  it('fail through a transaction pooler, by the name of the trap', async () => {
    const pooler = await startTransactionPooler(database.url);
    try {
      expect(await look(pooler.url)).toMatchObject([
        { name: 'api: connection', verdict: 'failed', trap: 'transaction-pooler' },
      ]);
    } finally {
      await pooler.close();
    }
  });

  it('fail with a wrong password, which is not told, and without a database of that name', async () => {
    const wrong = await look(asRole((url) => (url.password = 'guess-of-doctor')));
    expect(wrong).toMatchObject([{ name: 'api: connection', verdict: 'failed' }]);
    expect(JSON.stringify(wrong)).not.toContain('of-doctor');
    expect(await look(asRole((url) => (url.pathname = '/nowhere')))).toMatchObject([{ verdict: 'failed' }]);
  });

  it('could not be told where nobody answers, and fail where the variable or the address is none', async () => {
    expect(await look('postgres://ada@127.0.0.1:1/shop')).toMatchObject([{ verdict: 'unknown' }]);
    expect(await look('mysql://ada@127.0.0.1/shop')).toMatchObject([{ verdict: 'failed' }]);
    expect(await examine('databases', { services: [api] })).toMatchObject([{ name: 'api', verdict: 'failed' }]);
  });

  it('tell when the password ends', async () => {
    await database.query(`ALTER ROLE ${role} VALID UNTIL '${new Date(Date.now() + 3 * 86_400_000).toISOString()}'`);
    expect(lineOf(await look(asRole()), `api: password of ${role}`)).toMatchObject({
      verdict: 'warning',
      trap: 'expiring-token',
    });
    await database.query(`ALTER ROLE ${role} VALID UNTIL 'infinity'`);
  });

  it('are warned of where a transaction has been open for long', async () => {
    const client = await database.connect();
    await client.query('BEGIN');
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const { signal } = new AbortController();
    const session = await Session.open({ service: 'api', url: database.url, name: 'test', signal });
    // No test waits for minutes: here a moment is long.
    const found = await oldTransactions('api', session, 0);
    const line = found.find(({ name }) => name === `api: transaction ${rows[0]!.pid}`);
    expect(line).toMatchObject({ verdict: 'warning', trap: 'long-transactions' });
    await session.close();
    await client.end();
  });
});
