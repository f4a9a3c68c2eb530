/** The programs that the demo runs, each ended by its channel's or its input's end, whatever becomes of the demo. */
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { DevMessage, DevOrder } from '../../config/dev-messages';
import { ledgerUrl, readStackFile, type StackFile } from '../../config/stack-file';
import { SlipwayError } from '../../release/errors';
import { envForTemporal, workerProgram } from '../worker-program';

/** A program of the demo, and how to end it in order. */
export interface DemoProgram {
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

/** Starts Temporal and PostgreSQL in `folder`. `onProgress` hears what takes its time. Fails with STACK_FAILED. */
export async function startStackProgram(
  folder: string,
  onProgress: (line: string) => void,
): Promise<DemoProgram & { readonly stack: StackFile }> {
  const child = spawn(process.execPath, [workerProgram('embedded', 'dev.js')], {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const order: DevOrder = { folder, fresh: true, project: null, environments: [] };
  child.stdin.on('error', () => undefined);
  child.stdin.write(`${JSON.stringify(order)}\n`);
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const message = JSON.parse(line) as DevMessage;
      if (message.is === 'progress') onProgress(message.line);
      if (message.is === 'stack') resolve();
      if (message.is === 'failed') reject(new SlipwayError(message.code, message.details));
    });
    child.once('exit', (code) => reject(notStarted('stack', `it ended with exit code ${code}`)));
  });
  const stack = readStackFile(folder);
  if (!stack) throw notStarted('stack', 'it left no addresses');
  return { process: child, stack, stop: () => stopByInput(child) };
}

/** What the example shop says once it runs. */
export interface ShopReady {
  readonly folder: string;
  readonly config: string;
  /** What the references in its slipway.yaml stand for. */
  readonly env: Readonly<Record<string, string>>;
}

/** Makes the example shop in `folder` and runs its hosting service, and a stand-in for GitHub if it is to be there. */
export async function startShopProgram(
  folder: string,
  databaseUrl: string,
  buildMs: number,
  isAtGitHub = false,
): Promise<DemoProgram & { readonly shop: ShopReady }> {
  const program = join(__dirname, '..', '..', 'examples', 'shop', 'main.js');
  const where = isAtGitHub ? ['--github'] : [];
  const child = spawn(process.execPath, [program, '--folder', folder, '--build-ms', String(buildMs), ...where], {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, DATABASE_URL: databaseUrl },
  });
  child.stdin.on('error', () => undefined);
  const shop = await new Promise<ShopReady>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line) as ShopReady));
    child.once('exit', (code) => reject(notStarted('shop', `it ended with exit code ${code}`)));
  });
  return { process: child, shop, stop: () => stopByInput(child) };
}

/** Starts a worker for the shop's production, and waits until it takes work. Its log goes to a file. */
export async function startWorkerProgram(
  stack: StackFile,
  env: Readonly<Record<string, string>>,
  logFile: string,
): Promise<DemoProgram> {
  const log = openSync(logFile, 'a', 0o600);
  const child = fork(workerProgram('main.js'), ['--project', 'shop', '--env', 'production'], {
    detached: true,
    execArgv: [],
    stdio: ['ignore', log, log, 'ipc'],
    env: { ...envForTemporal(process.env, stack), SLIPWAY_DATABASE_URL: ledgerUrl(stack.databaseUrl), ...env },
  });
  closeSync(log);
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(notStarted('worker', `it ended with exit code ${code}; see ${logFile}`)));
  });
  return {
    process: child,
    stop: async () => {
      child.kill('SIGTERM');
      await ended(child);
    },
  };
}

/** Runs the command line as a person would, in `folder`, in this terminal, until it ends or `signal` aborts. */
export async function runSlipway(
  args: readonly string[],
  folder: string,
  user: string,
  signal: AbortSignal,
): Promise<void> {
  const env = Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_'));
  const child = spawn(process.execPath, [join(__dirname, '..', 'main.js'), ...args], {
    cwd: folder,
    stdio: 'inherit',
    env: { ...Object.fromEntries(env), SLIPWAY_USER: user },
  });
  // Ctrl-C reaches it by itself, a signal that was sent to us alone does not.
  const pass = () => child.kill('SIGTERM');
  signal.addEventListener('abort', pass);
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', () => resolve());
    });
  } finally {
    signal.removeEventListener('abort', pass);
  }
}

async function stopByInput(child: ChildProcess): Promise<void> {
  child.stdin?.end();
  await ended(child);
}

/** Until the process is gone; one that does not go by itself is killed. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await new Promise<void>((resolve) => child.once('exit', () => resolve()));
  clearTimeout(timer);
}

const notStarted = (part: string, detail: string): SlipwayError =>
  new SlipwayError('STACK_FAILED', { part, detail, hint: 'Run the demo again; if it stays so, run `slipway dev`.' });
