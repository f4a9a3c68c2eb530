import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { withDeathSignal } from '../../worker/embedded/child-processes';
import type { MigrationTask, WorkerMessage } from './migration-worker';

/** How a worker process ended: with a word of its own, or by a signal. */
export type WorkerEnd = Exclude<WorkerMessage, { reached: string }> | { readonly killed: NodeJS.Signals | null };

/** A worker process that runs one task of the migration engine. */
export interface MigrationProcess {
  /** Resolves when it stands where its signal falls; fails if it ends before. */
  readonly reached: Promise<void>;
  readonly end: Promise<WorkerEnd>;
  signal(name: NodeJS.Signals): void;
}

const running = new Set<ChildProcess>();

/** Kills what a test that failed has left, stopped processes too. */
export function killMigrationProcesses(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** Starts the compiled `migration-worker`. */
export function startMigrationProcess(task: MigrationTask): MigrationProcess {
  const program = join(__dirname, '..', '..', 'dist', 'test', 'support', 'migration-worker.js');
  // A stopped process does not notice that its parent is gone: where the system can, it kills it for us.
  const [execPath = process.execPath, ...execArgv] = [...withDeathSignal('KILL'), process.execPath];
  const child = fork(program, [JSON.stringify(task)], {
    execPath,
    execArgv,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  running.add(child);
  let word: WorkerEnd | undefined;
  const end = new Promise<WorkerEnd>((resolve) => {
    child.on('message', (message: WorkerMessage) => {
      if (!('reached' in message)) word = message;
    });
    child.on('exit', (_, signal) => {
      running.delete(child);
      resolve(word ?? { killed: signal });
    });
  });
  const reached = new Promise<void>((resolve, reject) => {
    child.on('message', (message: WorkerMessage) => {
      if ('reached' in message) resolve();
    });
    void end.then((how) => reject(new Error(`the worker ended too early: ${JSON.stringify(how)}`)));
  });
  // Not every test waits for it.
  reached.catch(() => undefined);
  return { reached, end, signal: (name) => child.kill(name) };
}
