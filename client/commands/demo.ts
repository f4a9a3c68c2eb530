import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { runningProcess } from '../../config/running-process';
import { connect, type Temporal } from '../connect';
import { acts, reportAct, seeMigrationRunning, type Act, type ActReport } from '../demo/acts';
import {
  runSlipway,
  startShopProgram,
  startStackProgram,
  startWorkerProgram,
  type DemoProgram,
  type ShopReady,
} from '../demo/programs';
import { renderTable } from '../demo/table';
import { exitCodes, type ExitCode } from '../exit-codes';
import { interruptible } from '../interruption';
import { acting, type Invocation } from '../invocation';
import type { Io } from '../io';
import type { StackFile } from '../../config/stack-file';

interface DemoOptions {
  readonly yes?: boolean;
  readonly exit?: boolean;
  readonly github?: boolean;
}

export function addDemo(program: Command): void {
  program
    .command('demo')
    .summary('see three releases of a small shop')
    .description(
      'Makes a small shop from scratch and releases it three times: one succeeds, one is broken and comes back, one loses its worker in the middle.',
    )
    .option('--yes', 'approve by itself after showing each plan, also in a terminal')
    .option('--github', 'keep the shop at a stand-in for GitHub on this machine, and move its pointers by the API')
    .option('--exit', 'end when the releases have ended, instead of keeping the servers up to look around')
    .action(acting(demo));
}

/** How long the shop's host takes to build: as real ones do, some time. */
const BUILD_MS = 1_500;

async function demo({ io }: Invocation, options: DemoOptions): Promise<ExitCode> {
  const parent = join(io.cwd, '.slipway');
  await removeAbandoned(parent);
  const folder = join(parent, `demo-${process.pid}-${randomBytes(3).toString('hex')}`);
  await mkdir(folder, { recursive: true });
  const stage = new Stage(io, folder, options.github ?? false);
  return interruptible(async ({ signal }) => {
    try {
      await stage.open();
      const reports = await play(io, stage, options, signal);
      if (signal.aborted) return exitCodes.interrupted;
      const succeeded = reports.length === acts.length && reports.every(({ asDescribed }) => asDescribed);
      close(io, stage, reports);
      if (!options.exit && io.canAsk) await untilInterrupted(io, stage, signal);
      return succeeded ? exitCodes.ok : exitCodes.notReleased;
    } finally {
      await stage.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
}

/** What the demo plays on: servers, shop, worker. */
class Stage {
  temporal!: Temporal;
  shop!: ShopReady;
  private stack!: StackFile;
  private worker: DemoProgram | undefined;
  private readonly programs: DemoProgram[] = [];

  constructor(
    private readonly io: Io,
    private readonly folder: string,
    private readonly isAtGitHub: boolean,
  ) {}

  async open(): Promise<void> {
    const { io } = this;
    const say = (line: string) => io.say(io.look.paint.dim(line));
    say('Starting a Temporal and a PostgreSQL …');
    const servers = await startStackProgram(join(this.folder, 'shop', '.slipway'), say);
    this.programs.push(servers);
    this.stack = servers.stack;
    const remote = this.isAtGitHub ? 'a repository at a stand-in for GitHub' : 'a git remote';
    say(`Making a shop: ${remote}, a database, two services and a host that builds and runs them …`);
    const { databaseUrl } = this.stack;
    const at = join(this.folder, 'shop');
    const { shop, ...program } = await startShopProgram(at, databaseUrl, BUILD_MS, this.isAtGitHub);
    this.programs.push(program);
    this.shop = shop;
    this.temporal = await connect({ context: undefined, cwd: shop.folder, env: {}, environment: undefined });
    await this.hireWorker();
  }

  async hireWorker(): Promise<void> {
    this.worker = await startWorkerProgram(this.stack, this.shop.env, join(this.folder, 'worker.log'));
  }

  /** SIGKILL: the worker can say nothing more. */
  killWorker(): void {
    this.worker?.process.kill('SIGKILL');
    this.worker = undefined;
  }

  async close(): Promise<void> {
    await this.temporal?.close().catch(() => undefined);
    await this.worker?.stop();
    for (const program of this.programs.reverse()) await program.stop();
  }
}

async function play(io: Io, stage: Stage, options: DemoOptions, signal: AbortSignal): Promise<ActReport[]> {
  const reports: ActReport[] = [];
  for (const [n, act] of acts.entries()) {
    if (signal.aborted) break;
    io.say(`\n${io.look.paint.bold(`${n + 1}. ${act.version}: ${act.title}`)}\n${act.words}\n`);
    const killing = act.killsWorker ? killInMigration(io, stage, act, signal) : Promise.resolve(false);
    const yes = options.yes || !io.canAsk ? ['--yes'] : [];
    await runSlipway(['release', act.version, '--env', 'production', ...yes], stage.shop.folder, 'ada', signal);
    if (signal.aborted) break;
    reports.push(await reportAct(stage.temporal.client, act, await killing));
  }
  return reports;
}

/** Kills the worker once the migration runs, and starts another. Returns whether it did. */
async function killInMigration(io: Io, stage: Stage, act: Act, signal: AbortSignal): Promise<boolean> {
  if (!(await seeMigrationRunning(stage.temporal.client, act, signal))) return false;
  stage.killWorker();
  io.say(io.look.paint.yellow('✗ The demo has killed the worker (SIGKILL), in the middle of the migration.'));
  await stage.hireWorker();
  io.say(io.look.paint.green('✓ Another worker has started.'));
  return true;
}

function close(io: Io, stage: Stage, reports: readonly ActReport[]): void {
  io.document({
    releases: reports.map(({ act, releaseId, result, asDescribed }) => ({
      version: act.version,
      releaseId,
      asDescribed,
      result,
    })),
  });
  io.say(`\n${renderTable(reports, io.look.paint)}\n`);
  for (const { act, releaseId, runId } of reports)
    io.say(`${act.version}  ${stage.temporal.linkTo(releaseId, runId) ?? ''}`);
}

async function untilInterrupted(io: Io, stage: Stage, signal: AbortSignal): Promise<void> {
  const { bold, dim } = io.look.paint;
  io.say(`\nTry next, in another terminal:\n`);
  io.say(bold(`  cd ${stage.shop.folder}`));
  for (const command of [
    'status --all',
    'status 1.2.0',
    'plan 1.2.0 --env production',
    'release 1.2.0 --env production',
  ])
    io.say(bold(`  npx slipway ${command}`));
  io.say(dim('\nThe servers stay up until Ctrl-C.'));
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** Folders of demos that were killed. */
async function removeAbandoned(parent: string): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    const pid = /^demo-(\d+)-/.exec(name)?.[1];
    if (pid && runningProcess(Number(pid)) === undefined)
      await rm(join(parent, name), { recursive: true, force: true });
  }
}
