import { createHash } from 'node:crypto';
import { Client } from 'pg';

/** A row as PostgreSQL gave it. */
export type Row = Record<string, unknown>;

/** The address of another database of the same server, with the same user. */
export function databaseNamed(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Runs statements on a connection of their own and returns the rows of the last. Fails as PostgreSQL does. */
export async function query(databaseUrl: string, sql: string, values?: readonly unknown[]): Promise<Row[]> {
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const result: unknown = await client.query(sql, values ? [...values] : undefined);
    const last = (Array.isArray(result) ? result.at(-1) : result) as { rows: Row[] };
    return last.rows;
  } finally {
    await client.end();
  }
}

/** Makes a database with the statements given. */
export async function createDatabase(serverUrl: string, name: string, sql: string): Promise<void> {
  await query(serverUrl, `create database "${name}"`);
  await query(databaseNamed(serverUrl, name), sql);
}

/** Removes a database, whoever is connected to it. One that is not there is fine. */
export async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  await query(serverUrl, `drop database if exists "${name}" with (force)`);
}

/**
 * A digest of the shop's own data: every row of the tables of 1.0.0, in the columns of 1.0.0. Columns and tables that
 * a migration adds do not change it; a row that is lost, doubled or altered does.
 */
export async function dataFingerprint(databaseUrl: string): Promise<string> {
  const [row] = await query(
    databaseUrl,
    `select (select string_agg(books.id || ' ' || title, '|' order by books.id) from books) as books,
            (select string_agg(id || ' ' || name || ' ' || coalesce(favourite, 0), '|' order by id) from customers) as customers`,
  );
  return digest(row);
}

/** A digest of everything defined in the schema `public`: what a migration changes and its undo must restore. */
export async function schemaFingerprint(databaseUrl: string): Promise<string> {
  return digest(await describeSchema(databaseUrl));
}

/** What is defined in the schema `public`: columns, constraints and indexes, one line each, sorted. */
export async function describeSchema(databaseUrl: string): Promise<string[]> {
  const rows = await query(
    databaseUrl,
    `select 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' '
            || coalesce(column_default, '-') as line
       from information_schema.columns where table_schema = 'public'
     union all
     select 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
       from pg_constraint where connamespace = 'public'::regnamespace
     union all
     select 'index ' || indexdef from pg_indexes where schemaname = 'public'
     order by line`,
  );
  return rows.map((row) => String(row.line));
}

const digest = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
