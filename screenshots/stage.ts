/** What the pictures are taken of: the demo's own programs (servers, shop, production worker) and a client. */
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { releaseState } from '../client';
import { connect, type Temporal } from '../client/connect';
import { startShopProgram, startStackProgram, startWorkerProgram, type DemoProgram } from '../client/demo/programs';
import type { StackFile } from '../config/stack-file';
import { runningProcess } from '../config/running-process';
import { openShop } from '../examples/shop/make-shop';
import { projectRoot } from '../examples/shop/project-root';
import type { Shop } from '../examples/shop/shop';
import { releaseWorkflowId } from '../release/identity';
import type { ReleaseState } from '../release/state';

/** How long the shop's host takes to build. */
const BUILD_MS = 1_000;
/** How long a release may take to come to where its picture is taken. */
const PATIENCE = 90_000;

/** A running shop with releases to look at. */
export class Stage {
  private readonly programs: DemoProgram[] = [];
  private temporal: Temporal | undefined;
  private stack: StackFile | undefined;
  private closing: Promise<void> | undefined;
  /** The shop, for what its developers do. */
  shop!: Shop;

  private constructor(
    /** Holds everything, and is removed at the end. */
    readonly folder: string,
  ) {}

  /** Starts everything; nothing runs when it fails. */
  static async open(say: (line: string) => void): Promise<Stage> {
    const parent = join(projectRoot, '.slipway');
    const folder = join(parent, `screenshots-${process.pid}`);
    mkdirSync(folder, { recursive: true });
    removeAbandoned(parent);
    const stage = new Stage(folder);
    try {
      await stage.start(say);
    } catch (error) {
      await stage.close();
      throw error;
    }
    return stage;
  }

  /** Address of the Web UI, without a slash at its end. */
  get ui(): string {
    return this.stack!.uiAddress;
  }

  /** The id of a version's first release. */
  idOf(version: string): string {
    return releaseWorkflowId('shop', 'production', version, 1);
  }

  /** Runs the command line as `user`, as in a terminal in the shop's folder. Fails with its output if it does. */
  async slipway(user: string, ...args: string[]): Promise<void> {
    const env = Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_'));
    const program = join(projectRoot, 'dist', 'client', 'main.js');
    await promisify(execFile)(process.execPath, [program, ...args], {
      cwd: this.shop.folder,
      env: { ...Object.fromEntries(env), SLIPWAY_USER: user },
    });
  }

  /** Gives releases from now on a verify wait in which there is time to break them off. */
  async verifyForLong(): Promise<void> {
    const { configFile } = this.shop;
    const text = await readFile(configFile, 'utf8');
    const longer = text.replace(/(verify:\s+wait:) \S+/, '$1 10m');
    if (longer === text) throw new Error(`${configFile} has no verify wait`);
    await writeFile(configFile, longer);
  }

  /** Waits until a release is as wanted. Fails if that does not come. */
  async until(version: string, what: string, holds: (state: ReleaseState) => boolean): Promise<ReleaseState> {
    const deadline = Date.now() + PATIENCE;
    const id = this.idOf(version);
    for (;;) {
      const state = await releaseState(this.temporal!.client, id, 10_000);
      if (holds(state)) return state;
      if (Date.now() > deadline) throw new Error(`${id} did not come to "${what}"; its phase is ${state.phase}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Ends and removes everything. May be called twice. */
  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async start(say: (line: string) => void): Promise<void> {
    say('Starting a Temporal and a PostgreSQL …');
    const folder = join(this.folder, 'shop');
    const servers = await startStackProgram(join(folder, '.slipway'), say);
    this.programs.push(servers);
    this.stack = servers.stack;
    say('Making the shop …');
    const { shop, ...host } = await startShopProgram(folder, this.stack.databaseUrl, BUILD_MS);
    this.programs.push(host);
    this.shop = openShop(shop.folder, this.stack.databaseUrl);
    this.temporal = await connect({ context: undefined, cwd: shop.folder, env: {}, environment: undefined });
    this.programs.push(await startWorkerProgram(this.stack, shop.env, join(this.folder, 'worker.log')));
  }

  private async end(): Promise<void> {
    await this.temporal?.close().catch(() => undefined);
    for (const program of this.programs.reverse()) await program.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What runs that were killed have left. */
function removeAbandoned(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = /^screenshots-(\d+)$/.exec(name)?.[1];
    if (pid && runningProcess(Number(pid)) === undefined) rmSync(join(parent, name), { recursive: true, force: true });
  }
}
