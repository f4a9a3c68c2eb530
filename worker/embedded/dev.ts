/**
 * The program behind `slipway dev`: an embedded stack, and a worker for each environment that may run on it. A worker
 * that dies is started again. Reads one DevOrder from its standard input, whose end, which comes with any death of
 * the owner, means "stop"; writes DevMessages. Exit code: 0 = ended as asked, 1 = the stack did not start or died.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as after } from 'node:timers/promises';
import type { DevMessage, DevOrder } from '../../config/dev-messages';
import { ledgerUrl } from '../../config/stack-file';
import { searchAttributeNames } from '../../workflows/search-attributes';
import { ProgramEnd } from './program-end';
import { startStack, type Stack } from './start-stack';

/** A worker that dies at once is not started again and again without a pause. */
const RESTART_PAUSE = 1_000;
/** What a worker may take to finish the work at hand. */
const WORKER_GRACE = 10_000;

let stack: Stack | undefined;
const ending = new ProgramEnd(stopAll, tell);
const workers = new Set<ChildProcess>();

function main(): void {
  process.stdout.on('error', () => undefined);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void ending.begin(0));
  const lines = createInterface({ input: process.stdin });
  lines.once('line', (line) => {
    start(JSON.parse(line) as DevOrder).catch((error: unknown) => ending.fail(error));
  });
  lines.on('close', () => void ending.begin(0));
}

async function start(order: DevOrder): Promise<void> {
  const { folder, fresh, project, environments } = order;
  stack = await startStack({
    folder,
    fresh,
    searchAttributes: Object.fromEntries(Object.values(searchAttributeNames).map((name) => [name, 'Keyword' as const])),
    onProgress: (line) => tell({ is: 'progress', line }),
  });
  void stack.ended.then((reason) => (reason ? ending.fail(reason) : ending.begin(1)));
  const { address, uiAddress, temporal } = stack;
  tell({ is: 'stack', address, uiAddress, temporal });
  if (project !== null) for (const environment of environments) void keepWorker(stack, folder, project, environment);
}

async function keepWorker(running: Stack, folder: string, project: string, environment: string): Promise<void> {
  while (!ending.hasBegun) {
    const detail = await runWorker(running, folder, project, environment);
    if (ending.hasBegun) return;
    tell({ is: 'worker', environment, state: 'ended', detail });
    await after(RESTART_PAUSE);
  }
}

/** Runs a worker until it ends; resolves with how. The channel to it tells it when we are gone. */
function runWorker(running: Stack, folder: string, project: string, environment: string): Promise<string> {
  const logFile = join(folder, `worker-${environment}.log`);
  const log = openSync(logFile, 'a', 0o600);
  const program = join(__dirname, '..', 'main.js');
  const worker = fork(program, ['--project', project, '--env', environment], {
    env: workerEnv(running),
    execArgv: [],
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  workers.add(worker);
  worker.once('message', () => tell({ is: 'worker', environment, state: 'ready', detail: logFile }));
  return new Promise((resolve) => {
    worker.once('error', (error) => resolve(error.message));
    worker.once('exit', (code, signal) => {
      workers.delete(worker);
      resolve(`${signal === null ? `exit code ${code}` : `signal ${signal}`}; see ${logFile}`);
    });
  });
}

/** Ours, with the stack's addresses in place of any other Temporal's. */
function workerEnv({ address, namespace, databaseUrl }: Stack): NodeJS.ProcessEnv {
  const rest = Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_'));
  return {
    ...Object.fromEntries(rest),
    NODE_OPTIONS: undefined,
    // Several workers cannot share one port.
    SLIPWAY_METRICS_PORT: undefined,
    SLIPWAY_DATABASE_URL: process.env['SLIPWAY_DATABASE_URL'] ?? ledgerUrl(databaseUrl),
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
  };
}

/** Ends the workers, then the stack. */
async function stopAll(): Promise<void> {
  await Promise.all([...workers].map(stopWorker));
  await stack?.stop();
}

async function stopWorker(worker: ChildProcess): Promise<void> {
  const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  worker.kill('SIGTERM');
  const timer = setTimeout(() => worker.kill('SIGKILL'), WORKER_GRACE);
  await gone;
  clearTimeout(timer);
}

function tell(message: DevMessage): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

main();
