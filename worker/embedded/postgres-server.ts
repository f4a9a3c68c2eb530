import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Child, ChildProcesses } from './child-processes';
import type { PostgresAccount } from './postgres-account';
import type { PostgresBinaries } from './postgres-binaries';
import { clearPostmasterPid } from './postmaster-pid';

/** What a PostgreSQL server is started with. */
export interface PostgresOrder {
  readonly binaries: PostgresBinaries;
  readonly account: PostgresAccount;
  /** The data folder; made on the first start. */
  readonly data: string;
  readonly port: number;
  /** Do not wait for the disk. */
  readonly fast: boolean;
  readonly logFile: string;
  readonly env: NodeJS.ProcessEnv;
  readonly children: ChildProcesses;
}

/** In the data folder, so that it lives and goes with the data. */
const passwordFile = 'slipway.password';

/** Starts the server on its data, which is made first if there is none. Fails with a sentence if that cannot be done. */
export async function startPostgres(order: PostgresOrder): Promise<Child> {
  if (!existsSync(join(order.data, passwordFile))) await createData(order);
  await clearPostmasterPid(order.data);
  const durable = order.fast ? 'off' : 'on';
  const settings = {
    max_connections: '200',
    fsync: durable,
    synchronous_commit: durable,
    full_page_writes: durable,
    // Shared memory in the data folder: a killed server leaves nothing outside.
    dynamic_shared_memory_type: 'mmap',
    log_min_messages: 'warning',
  };
  return run(order, 'PostgreSQL', order.binaries.postgres, [
    ...['-D', order.data, '-p', String(order.port), '-h', '127.0.0.1', '-k', ''],
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]);
}

/** Resolves when the server lets its superuser in. Fails with a sentence if it ends before, or `limitMs` pass. */
export async function postgresReady(server: Child, order: PostgresOrder, limitMs = 30_000): Promise<void> {
  const { Client } = await import('pg');
  const deadline = Date.now() + limitMs;
  let last = 'no answer';
  while (Date.now() < deadline) {
    if (!server.running) throw new Error(`it ended with ${await server.ended}: ${server.logTail()}`);
    const client = new Client({ connectionString: postgresUrl(order), connectionTimeoutMillis: 2000 });
    client.on('error', (error) => (last = error.message));
    try {
      await client.connect();
      await client.query('SELECT 1');
      return;
    } catch (error) {
      last = (error as Error).message;
      await new Promise((resolve) => setTimeout(resolve, 25));
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  throw new Error(`it did not answer within ${limitMs / 1000} s (${last}): ${server.logTail()}`);
}

/** Makes a database if the server, which is ready, has none of that name. */
export async function ensureDatabase(order: PostgresOrder, name: string): Promise<void> {
  const { Client } = await import('pg');
  const client = new Client({ connectionString: postgresUrl(order), connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE "${name}"`);
  } finally {
    await client.end();
  }
}

/** The superuser's connection string. Holds the password. */
export function postgresUrl(order: Pick<PostgresOrder, 'data' | 'port'>): string {
  const password = readFileSync(join(order.data, passwordFile), 'utf8').trim();
  return `postgres://postgres:${password}@127.0.0.1:${order.port}/postgres`;
}

/**
 * Makes the data in a folder beside its place and moves it there when it is whole: a start that was killed in the
 * middle leaves nothing that looks like data.
 *
 * With a password, since a superuser of the database can run programs as the server's account.
 */
async function createData(order: PostgresOrder): Promise<void> {
  const draft = `${order.data}.new`;
  rmSync(draft, { recursive: true, force: true });
  if (existsSync(order.data)) throw new Error(`${order.data} holds something that Slipway did not make: move it away`);
  const secret = `${order.data}.password`;
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(secret, randomBytes(18).toString('base64url'), { mode: 0o600 });
  order.account.own(draft);
  order.account.own(secret);
  try {
    const initdb = run(order, 'initdb', order.binaries.initdb, [
      ...['-D', draft, '-U', 'postgres', '-A', 'scram-sha-256', '--pwfile', secret, '-N', '--no-instructions'],
      ...['-E', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
    ]);
    const how = await initdb.ended;
    if (initdb.exitCode !== 0) throw new Error(`initdb ended with ${how}: ${initdb.logTail()}`);
    renameSync(secret, join(draft, passwordFile));
    chmodSync(draft, 0o700);
    renameSync(draft, order.data);
  } finally {
    rmSync(secret, { force: true });
  }
}

function run(order: PostgresOrder, name: string, path: string, args: readonly string[]): Child {
  const { prefix, uid, gid } = order.account;
  const [program = path, ...rest] = [...prefix, path, ...args];
  return order.children.start({
    name,
    program,
    args: rest,
    // TZ spares initdb a search through all time zones, and makes the server's the same everywhere.
    env: { PATH: order.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
    logFile: order.logFile,
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  });
}
