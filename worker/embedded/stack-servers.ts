import { ledgerDatabase } from '../../config/stack-file';
import { SlipwayError } from '../../release/errors';
import type { Child, ChildProcesses } from './child-processes';
import { findTemporal } from './find-temporal';
import { freePorts } from './free-ports';
import { postgresAccount } from './postgres-account';
import { postgresBinaries } from './postgres-binaries';
import { ensureDatabase, postgresReady, postgresUrl, startPostgres, type PostgresOrder } from './postgres-server';
import type { StackFolder } from './stack-folder';
import type { PostgresStop, StackOrder, StackReady } from './stack-messages';
import { embeddedNamespace, startTemporal, temporalReady, type TemporalOrder } from './temporal-server';

/** What the servers of a stack need around them. */
export interface ServersContext {
  readonly order: StackOrder;
  readonly folder: StackFolder;
  readonly children: ChildProcesses;
  readonly env: NodeJS.ProcessEnv;
  readonly progress: (line: string) => void;
  /** A server ended that nobody had asked to end. */
  readonly died: (name: string, how: string) => void;
  /** The process ids of the running servers changed. */
  readonly changed: (pids: readonly number[]) => void;
}

/** A server's port may be taken between its choice and its start: another is chosen, this often. */
const tries = 3;

/** The two servers of a stack, each of which can be ended and started again on its port and data. */
export class StackServers {
  private temporal: { order: TemporalOrder; child: Child } | undefined;
  private postgres: { order: PostgresOrder; child: Child } | undefined;
  /** Servers that are being ended on purpose. */
  private readonly expected = new Set<Child>();

  constructor(private readonly context: ServersContext) {}

  /** Starts both at once. Fails with STACK_FAILED if one does not start. */
  async start(): Promise<StackReady> {
    const [temporal, postgres] = await Promise.all([this.firstTemporal(), this.firstPostgres()]);
    return {
      address: `127.0.0.1:${temporal.order.ports.frontend}`,
      uiAddress: `http://127.0.0.1:${temporal.order.ports.ui}`,
      namespace: embeddedNamespace,
      databaseUrl: postgresUrl(postgres.order),
      temporal: temporal.source,
    };
  }

  /** Kills Temporal with no warning. */
  async killTemporal(): Promise<void> {
    await this.end(this.temporal?.child, 'SIGKILL', 0);
  }

  /** Starts Temporal again on its ports (and its file); kills it first if it runs. */
  async restartTemporal(): Promise<void> {
    if (this.temporal === undefined) throw new Error('Temporal was never started');
    await this.killTemporal();
    await this.runTemporal(this.temporal.order);
  }

  /** Ends PostgreSQL. */
  async stopPostgres(how: PostgresStop): Promise<void> {
    await this.end(this.postgres?.child, how === 'fast' ? 'SIGINT' : 'SIGQUIT', 5000);
  }

  /** Starts PostgreSQL again on its port and data, if it does not run. */
  async startPostgres(): Promise<void> {
    if (this.postgres === undefined) throw new Error('PostgreSQL was never started');
    if (!this.postgres.child.running) await this.runPostgres(this.postgres.order);
  }

  /** Ends both: orderly at first, by force when they take too long. A Temporal in memory has nothing to put in order. */
  async stop(): Promise<void> {
    const temporal = this.context.order.inMemory
      ? this.killTemporal()
      : this.end(this.temporal?.child, 'SIGTERM', 5000);
    await Promise.all([temporal, this.stopPostgres('fast')]);
  }

  private async firstTemporal(): Promise<{ order: TemporalOrder; source: string }> {
    const { env, children, progress, folder, order } = this.context;
    const found = await findTemporal({ env, children, progress });
    const temporal = await this.retrying('Temporal', async () => {
      const [frontend = 0, ui = 0, http = 0, metrics = 0] = await freePorts(4);
      const temporalOrder: TemporalOrder = {
        program: found.path,
        ports: { frontend, ui, http, metrics },
        file: order.inMemory ? undefined : folder.temporalFile,
        logFile: folder.temporalLog,
        searchAttributes: order.searchAttributes,
        env,
        children,
      };
      await this.runTemporal(temporalOrder);
      return temporalOrder;
    });
    return { order: temporal, source: `${found.source} (${found.path})` };
  }

  private async firstPostgres(): Promise<{ order: PostgresOrder }> {
    const { env, children, folder, order } = this.context;
    const binaries = postgresBinaries();
    const account = postgresAccount();
    const postgres = await this.retrying('PostgreSQL', async () => {
      const [port = 0] = await freePorts(1);
      const { postgresData: data, postgresLog: logFile } = folder;
      const postgresOrder = { binaries, account, data, port, fast: order.fast, logFile, env, children };
      await this.runPostgres(postgresOrder);
      await ensureDatabase(postgresOrder, ledgerDatabase);
      return postgresOrder;
    });
    return { order: postgres };
  }

  private async retrying<T>(part: string, start: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await start();
      } catch (error) {
        const detail = (error as Error).message;
        const taken = /address already in use|could not create any TCP\/IP sockets/i.test(detail);
        if (taken && attempt < tries) continue;
        const hint = `Its log is in ${this.context.folder.path}.`;
        throw error instanceof SlipwayError ? error : new SlipwayError('STACK_FAILED', { part, detail, hint });
      }
    }
  }

  private async runTemporal(order: TemporalOrder): Promise<void> {
    const child = startTemporal(order);
    this.temporal = { order, child };
    await this.watch(child, temporalReady(child, order));
  }

  private async runPostgres(order: PostgresOrder): Promise<void> {
    const child = await startPostgres(order);
    this.postgres = { order, child };
    await this.watch(child, postgresReady(child, order));
  }

  /** While it starts, a server that ends is that start's failure; once it was ready, it is a death. */
  private async watch(child: Child, ready: Promise<void>): Promise<void> {
    this.tellChange();
    try {
      await ready;
    } catch (error) {
      await this.end(child, 'SIGKILL', 0);
      throw error;
    }
    void child.ended.then((how) => {
      this.tellChange();
      if (!this.expected.has(child)) this.context.died(child.name, how);
    });
  }

  private async end(child: Child | undefined, signal: NodeJS.Signals, graceMs: number): Promise<void> {
    if (child === undefined) return;
    this.expected.add(child);
    await child.stop(signal, graceMs);
  }

  private tellChange(): void {
    const children = [this.temporal?.child, this.postgres?.child];
    this.context.changed(children.flatMap((child) => (child?.running ? [child.pid] : [])));
  }
}
