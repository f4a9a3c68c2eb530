import { openDirect } from '../../../activities/database/directness';
import { sessionName } from '../../../activities/database/session-name';
import type { Session } from '../../../activities/database/session';
import { assertStillOpen, begin, rollBack } from '../../../activities/database/transaction';
import { anApplyOrder } from '../../support/migration-orders';
import { createTestDatabase, type TestDatabase } from '../../support/test-database';

let database: TestDatabase;
let session: Session;
beforeEach(async () => {
  database = await createTestDatabase();
  const signal = new AbortController().signal;
  session = await openDirect({ service: 'api', url: database.url, name: sessionName('r', 'forward'), signal });
});
afterEach(async () => {
  await session.close();
  await database.drop();
});

const { limits } = anApplyOrder([]);
const migration = { service: 'api', name: '1_a' };

test('a script that leaves the transaction open is fine, also with savepoints of its own', async () => {
  const xid = await begin(session, limits);
  await session.script('CREATE TABLE a (x int); SAVEPOINT s; INSERT INTO a VALUES (1); ROLLBACK TO SAVEPOINT s');
  await assertStillOpen(session, migration, xid);
  await rollBack(session);
  expect(await database.query(`SELECT FROM pg_tables WHERE tablename = 'a'`)).toEqual([]);
});

// The parser refuses these; what it does not see is noticed all the same.
test.each(['COMMIT', 'COMMIT; BEGIN', 'COMMIT; BEGIN; CREATE TABLE b (x int)', 'ROLLBACK', 'COMMIT AND CHAIN'])(
  'a script that runs %s behind our back is noticed',
  async (text) => {
    const xid = await begin(session, limits);
    await session.script(`CREATE TABLE a (x int); ${text}`);
    await expect(assertStillOpen(session, migration, xid)).rejects.toMatchObject({
      code: 'MIGRATION_COMMITS',
      message: 'Migration 1_a of api ended the transaction that it ran in: what it did may stay, and is not recorded.',
    });
  },
);

test('the limits are those of the configuration, and of this transaction only', async () => {
  const settings = () =>
    session.one(`SELECT current_setting('lock_timeout') AS lock, current_setting('statement_timeout') AS statement`);
  await begin(session, { lockTimeout: 150, statementTimeout: 7_000, lockPatience: 1 });
  expect(await settings()).toEqual({ lock: '150ms', statement: '7s' });
  await rollBack(session);
  expect(await settings()).toEqual({ lock: '0', statement: '30s' });
});
