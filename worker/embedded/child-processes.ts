import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { onPath } from './on-path';

/** A program to run as a child of the stack. */
export interface ChildOrder {
  /** What people call it. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Everything that it prints is added to this file. */
  readonly logFile: string;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
}

/** A child that was started. */
export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly running: boolean;
  /** Resolves with how it ended ("exit code 1", "signal SIGKILL"), or with why it could not be run. Never rejects. */
  readonly ended: Promise<string>;
  /** The exit code, once it has ended by itself. */
  readonly exitCode: number | null;
  /** The last lines of its log. */
  logTail(): string;
  /** Sends `signal`, and SIGKILL to its whole family when it has not ended within `graceMs`. Resolves when it has ended. */
  stop(signal: NodeJS.Signals, graceMs: number): Promise<void>;
}

/** All children of one process: so that none is started once the end has begun, and none is forgotten. */
export class ChildProcesses {
  private readonly children = new Set<Child>();
  private closed = false;

  /** Starts a program. Fails if the end has begun; a program that cannot be run is a child that has ended. */
  start(order: ChildOrder): Child {
    if (this.closed) throw new Error('the stack is stopping');
    const child = startChild(order);
    this.children.add(child);
    void child.ended.then(() => this.children.delete(child));
    return child;
  }

  /** From now on nothing is started; what still runs is killed. */
  async killRest(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.children].map((child) => child.stop('SIGKILL', 0)));
  }
}

/** The words before a command that make Linux send it `signal` when its parent dies; none where there is no setpriv. */
export function withDeathSignal(signal: 'KILL' | 'INT'): readonly string[] {
  const program = setpriv();
  return program === undefined ? [] : [program, '--pdeathsig', signal, '--'];
}

let known: { path: string | undefined } | undefined;

/** The path of util-linux's setpriv; undefined where there is none (busybox has one without --pdeathsig). */
export function setpriv(): string | undefined {
  known ??= { path: findSetpriv() };
  return known.path;
}

function findSetpriv(): string | undefined {
  const path = process.platform === 'linux' ? onPath('setpriv', process.env) : undefined;
  if (path === undefined) return undefined;
  const works = spawnSync(path, ['--pdeathsig', 'KILL', '--', '/bin/sh', '-c', ':'], { stdio: 'ignore' }).status === 0;
  return works ? path : undefined;
}

function startChild(order: ChildOrder): Child {
  const log = openSync(order.logFile, 'a', 0o600);
  let child: ChildProcess;
  try {
    child = spawn(order.program, order.args, {
      env: order.env,
      cwd: order.cwd ?? '/',
      // A group of its own, so that a program's own children can be ended with it.
      detached: true,
      stdio: ['ignore', log, log],
      ...(order.uid === undefined ? {} : { uid: order.uid }),
      ...(order.gid === undefined ? {} : { gid: order.gid }),
    });
  } finally {
    closeSync(log);
  }
  let running = true;
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
    child.once('error', (error) => resolve(error.message));
  }).then((how) => {
    running = false;
    return how;
  });
  return {
    name: order.name,
    pid: child.pid ?? -1,
    ended,
    get running() {
      return running;
    },
    get exitCode() {
      return child.exitCode;
    },
    logTail: () => lastLines(order.logFile),
    async stop(signal, graceMs) {
      if (!running) return;
      if (graceMs === 0) killFamily(child);
      else child.kill(signal);
      const timer = setTimeout(() => killFamily(child), graceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

function killFamily(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

function lastLines(file: string): string {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.slice(-6).join('\n');
}
