import { createHash } from 'node:crypto';
import type { ClientBase } from 'pg';
import { SlipwayError } from '../../release/errors';
import { inTransaction } from './in-transaction';
import type { LedgerMigration } from './schema';

/** Any number that is ours: the advisory lock that one migration at a time holds. */
const lockKey = 7_209_381_442;

/**
 * Brings the ledger to the last of `migrations`: each in a transaction of its own, under a lock, and only if the number
 * is the one before. Looks first and changes nothing where nothing is missing, so that a user who may not make tables
 * is enough from then on. Fails with LEDGER_NEWER if the ledger knows a migration that is not in the list or differs
 * from it.
 */
export async function migrateLedger(client: ClientBase, migrations: readonly LedgerMigration[]): Promise<void> {
  let there = await numberOf(client);
  await requireOurs(client, there, migrations);
  while (there < migrations.length) {
    there = await inTransaction(client, async () => {
      await client.query(`SET LOCAL lock_timeout = '5s'`);
      await client.query('SELECT pg_advisory_xact_lock($1)', [lockKey]);
      // Another worker may have been quicker.
      const now = await numberOf(client);
      await requireOurs(client, now, migrations);
      return now < migrations.length ? step(client, now, migrations[now]!) : now;
    });
  }
}

/** Runs one migration; returns the new number. */
async function step(client: ClientBase, from: number, { name, sql }: LedgerMigration): Promise<number> {
  if (from === 0) await client.query(ownTables);
  await client.query(sql);
  await client.query('INSERT INTO slipway_ledger.migration (number, name, checksum) VALUES ($1, $2, $3)', [
    from + 1,
    name,
    checksum(sql),
  ]);
  const { rowCount } = await client.query('UPDATE slipway_ledger.version SET number = $2 WHERE number = $1', [
    from,
    from + 1,
  ]);
  if (rowCount !== 1) throw new SlipwayError('INTERNAL', { detail: `the ledger's schema is no longer at ${from}` });
  return from + 1;
}

const ownTables = `
  CREATE SCHEMA IF NOT EXISTS slipway_ledger;
  CREATE TABLE slipway_ledger.version (number int NOT NULL);
  INSERT INTO slipway_ledger.version VALUES (0);
  CREATE TABLE slipway_ledger.migration (
    number int PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
  )`;

/**
 * The number of the last migration that ran; 0 = none. Looks into the catalog itself: within a transaction
 * `to_regclass` may remember that there was no such table before we got the lock.
 */
async function numberOf(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ there: boolean }>(
    `SELECT EXISTS (
       SELECT FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
       WHERE nspname = 'slipway_ledger' AND relname = 'version'
     ) AS there`,
  );
  if (!rows[0]?.there) return 0;
  const version = await client.query<{ number: number }>('SELECT number FROM slipway_ledger.version');
  return version.rows[0]?.number ?? 0;
}

async function requireOurs(client: ClientBase, there: number, migrations: readonly LedgerMigration[]): Promise<void> {
  if (there > migrations.length) {
    throw new SlipwayError('LEDGER_NEWER', {
      detail: `it is at number ${there}, this worker knows ${migrations.length}`,
    });
  }
  if (there === 0) return;
  const { rows } = await client.query<{ number: number; name: string; checksum: string }>(
    'SELECT number, name, checksum FROM slipway_ledger.migration ORDER BY number',
  );
  for (const { number, name, checksum: kept } of rows) {
    const ours = migrations[number - 1];
    if (ours && checksum(ours.sql) === kept) continue;
    throw new SlipwayError('LEDGER_NEWER', { detail: `its migration ${number} (${name}) is not the one known here` });
  }
}

/** Of the text without its layout: moving it in the source changes nothing. */
function checksum(sql: string): string {
  return createHash('sha256').update(sql.replace(/\s+/g, ' ').trim()).digest('hex');
}
