import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChildProcesses, type Child } from '../../worker/embedded/child-processes';
import { freePorts } from '../../worker/embedded/free-ports';
import { postgresAccount } from '../../worker/embedded/postgres-account';
import { postgresBinaries } from '../../worker/embedded/postgres-binaries';
import { postgresReady, postgresUrl, startPostgres, type PostgresOrder } from '../../worker/embedded/postgres-server';

/** A PostgreSQL server of a test's own, which it may stop and kill. */
export interface OwnPostgres {
  readonly url: string;
  /** Ends the server with `signal` (SIGINT = fast shutdown, SIGKILL = crash) and starts it again on its data. */
  restart(signal: 'SIGINT' | 'SIGKILL'): Promise<void>;
  /** SIGKILL; resolves when nothing of the server runs any more. */
  kill(): Promise<void>;
  /** Starts it again on its data, and resolves when it answers. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a server with empty data; everything that it leaves is removed by `stop`. */
export async function startOwnPostgres(): Promise<OwnPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-postgres-'));
  mkdirSync(folder, { recursive: true });
  const [port = 0] = await freePorts(1);
  const children = new ChildProcesses();
  const order: PostgresOrder = {
    binaries: postgresBinaries(),
    account: postgresAccount(),
    data: join(folder, 'data'),
    port,
    fast: true,
    logFile: join(folder, 'postgres.log'),
    env: process.env,
    children,
  };
  let server: Child = await startPostgres(order);
  await postgresReady(server, order);
  const end = (signal: 'SIGINT' | 'SIGKILL') => server.stop(signal, signal === 'SIGKILL' ? 0 : 10_000);
  const start = async () => {
    server = await startPostgres(order);
    await postgresReady(server, order);
  };
  return {
    url: postgresUrl(order),
    async restart(signal) {
      await end(signal);
      await start();
    },
    kill: () => end('SIGKILL'),
    start,
    async stop() {
      await children.killRest();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
