import { fork, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

export interface WorkerOptions {
  readonly project: string;
  readonly logFile: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The production worker as a process of its own. It ends with this process, however that ends. */
export class WorkerProcess {
  private constructor(private readonly child: ChildProcess) {}

  /** Resolves when it polls. */
  static async start({ project, logFile, env }: WorkerOptions): Promise<WorkerProcess> {
    const log = openSync(logFile, 'a', 0o600);
    const program = join(__dirname, '..', 'worker', 'main.js');
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_'));
    const child = fork(program, ['--project', project, '--env', 'production'], {
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
      env: { ...Object.fromEntries(own), ...env },
    });
    closeSync(log);
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve());
      child.once('exit', (code) => reject(new Error(`a worker ended with exit code ${code}; see ${logFile}`)));
    });
    return new WorkerProcess(child);
  }

  /** Who it says it is to Temporal. */
  get identity(): string {
    return `${hostname()}:${this.child.pid}`;
  }

  get pid(): number {
    return this.child.pid!;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** SIGKILL. Returns when it was sent, in milliseconds since 1970. */
  kill(): number {
    this.child.kill('SIGKILL');
    return Date.now();
  }

  async stop(): Promise<void> {
    if (!this.isRunning) return;
    const ended = new Promise<void>((resolve) => this.child.once('exit', () => resolve()));
    this.child.kill('SIGTERM');
    await ended;
  }
}
