/** Where everything is measured: a stack and shops of this run's own, worker processes as in production, a client. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { runningProcess } from '../config/running-process';
import { ledgerUrl } from '../config/stack-file';
import { projectRoot } from '../examples/shop/project-root';
import { startStack, type Stack } from '../worker/embedded/start-stack';
import { searchAttributeNames } from '../workflows/search-attributes';
import { MeasuredShop, type MeasuredShopOptions } from './measured-shop';
import { WorkerProcess } from './worker-process';

export class Stage {
  private readonly shops: MeasuredShop[] = [];
  private readonly workers: WorkerProcess[] = [];
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly folder: string,
    readonly stack: Stack,
    private readonly connection: Connection,
    readonly client: Client,
  ) {}

  /** Starts the servers as `slipway dev` does: Temporal on a file, PostgreSQL that waits for the disk. */
  static async open(onProgress: (line: string) => void): Promise<Stage> {
    const parent = join(projectRoot, '.slipway');
    const folder = join(parent, `bench-${process.pid}`);
    mkdirSync(folder, { recursive: true });
    removeAbandoned(parent);
    const stack = await startStack({
      folder: join(folder, 'stack'),
      fresh: true,
      temporary: true,
      searchAttributes: Object.fromEntries(Object.values(searchAttributeNames).map((name) => [name, 'Keyword'])),
      onProgress,
    });
    const connection = await Connection.connect({ address: stack.address });
    return new Stage(folder, stack, connection, new Client({ connection, namespace: stack.namespace }));
  }

  /** The version of the Temporal server. */
  async temporalVersion(): Promise<string> {
    return (await this.connection.workflowService.getSystemInfo({})).serverVersion;
  }

  /** Makes a shop of that name with 1.0.0 live at its host. */
  async openShop(name: string, options: MeasuredShopOptions = {}): Promise<MeasuredShop> {
    const place = { folder: join(this.folder, name), databaseUrl: this.stack.databaseUrl };
    const shop = await MeasuredShop.open(name, place, this.client, options);
    this.shops.push(shop);
    return shop;
  }

  /** Starts the production worker for a shop; resolves when it polls. */
  async hire(shop: MeasuredShop): Promise<WorkerProcess> {
    const worker = await WorkerProcess.start({
      project: shop.name,
      logFile: join(this.folder, 'workers.log'),
      env: {
        ...shop.env,
        SLIPWAY_DATABASE_URL: ledgerUrl(this.stack.databaseUrl),
        TEMPORAL_ADDRESS: this.stack.address,
        TEMPORAL_NAMESPACE: this.stack.namespace,
        SLIPWAY_CACHE: join(this.folder, 'cache'),
        SLIPWAY_LOG_LEVEL: 'error',
      },
    });
    this.workers.push(worker);
    return worker;
  }

  /** Ends the workers and shops that were opened, so that what is measured next has the machine for itself. */
  async clear(): Promise<void> {
    for (const worker of this.workers.splice(0)) await worker.stop();
    for (const shop of this.shops.splice(0)) await shop.close();
  }

  /** Ends and removes everything. May be called twice: by an interruption, and by what fails because of it. */
  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    // Whatever becomes of the shops and the workers, the servers end.
    await this.clear().catch(() => undefined);
    await this.stack.stop();
    rmSync(this.folder, { recursive: true, force: true });
    // Last: a call that an interruption has left would try again on a closed connection, which is an uncaught error.
    await this.connection.close();
  }
}

/** What runs that were killed have left. */
function removeAbandoned(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = /^bench-(\d+)$/.exec(name)?.[1];
    if (pid && runningProcess(Number(pid)) === undefined) rmSync(join(parent, name), { recursive: true, force: true });
  }
}
