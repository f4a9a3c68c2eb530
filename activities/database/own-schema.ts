import { SlipwayError } from '../../release/errors';
import { messageOf, sqlState } from './postgres-errors';
import type { Session } from './session';

/**
 * The versions of Slipway's own tables, oldest first: a database is brought from its version to the last one. Each
 * only adds, so that older workers can go on beside it.
 */
const versions: readonly string[] = [
  `CREATE TABLE slipway.migration (
     name text PRIMARY KEY,
     checksum text NOT NULL,
     down_checksum text,
     state text NOT NULL CHECK (state IN ('running', 'applied', 'reverting', 'reverted', 'failed')),
     step int NOT NULL DEFAULT 0,
     steps int,
     release_id text,
     approved_by text,
     backup_id text,
     xid xid8,
     fp_before text,
     fp_after text,
     started_at timestamptz,
     applied_at timestamptz
   );
   CREATE TABLE slipway.fence (
     release_id text PRIMARY KEY,
     environment text,
     raised_at timestamptz,
     reason text
   )`,
];

/**
 * Makes the schema `slipway` and its tables if they are not there yet. The caller holds the migration lock: only then
 * is what we look at still so when we act on it, which IF NOT EXISTS does not promise. Fails with DATABASE_DENIED if
 * our user may not make them.
 */
export async function ensureOwnSchema(session: Session, service: string): Promise<void> {
  const there = await ownVersion(session);
  if (there >= versions.length) return;
  const missing = versions.slice(there);
  const statements = [
    ...((await hasOwnSchema(session)) ? [] : ['CREATE SCHEMA slipway']),
    ...(there === 0
      ? ['CREATE TABLE slipway.version (number int NOT NULL)', 'INSERT INTO slipway.version VALUES (0)']
      : []),
    ...missing,
    `UPDATE slipway.version SET number = ${versions.length}`,
  ];
  try {
    // Sent as one text it is one transaction.
    await session.script(statements.join(';\n'));
  } catch (error) {
    if (sqlState(error) !== '42501') throw error;
    const detail = `its user may not make the schema slipway: ${messageOf(error)}`;
    throw new SlipwayError('DATABASE_DENIED', { service, detail });
  }
}

/** The version of our tables; 0 = there are none. */
export async function ownVersion(session: Session): Promise<number> {
  const { there } = await session.one<{ there: boolean }>(`SELECT to_regclass('slipway.version') IS NOT NULL AS there`);
  if (!there) return 0;
  return (await session.one<{ number: number }>('SELECT number FROM slipway.version')).number;
}

async function hasOwnSchema(session: Session): Promise<boolean> {
  return (await session.one<{ there: boolean }>(`SELECT to_regnamespace('slipway') IS NOT NULL AS there`)).there;
}
