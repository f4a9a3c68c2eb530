import { randomBytes } from 'node:crypto';
import { Client, type QueryResultRow } from 'pg';

/** A database of a test's own on the test run's server. */
export interface TestDatabase {
  readonly url: string;
  /** Runs one statement in a connection of its own. */
  readonly query: <R extends QueryResultRow>(text: string, values?: unknown[]) => Promise<R[]>;
  /** A connection that the test ends itself. */
  connect(): Promise<Client>;
  drop(): Promise<void>;
}

/** Makes an empty database on the server at `server`. */
export async function createTestDatabase(server = process.env['SLIPWAY_TEST_DATABASE_URL']): Promise<TestDatabase> {
  if (server === undefined) throw new Error('the test run has no PostgreSQL server');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await once(server, `CREATE DATABASE ${name}`);
  const address = new URL(server);
  address.pathname = `/${name}`;
  const url = address.toString();
  return {
    url,
    query: (text, values) => once(url, text, values),
    connect: () => open(url),
    drop: async () => {
      await once(server, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function once<R extends QueryResultRow>(url: string, text: string, values: unknown[] = []): Promise<R[]> {
  const client = await open(url);
  try {
    return (await client.query<R>(text, values)).rows;
  } finally {
    await client.end();
  }
}

async function open(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: 'test' });
  // A test may end the session behind our back.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
