import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { runningProcess, isRunning, type RunningProcess } from '../../config/running-process';
import { SlipwayError } from '../../release/errors';
import { projectRoot } from '../../config/project-root';
import { stackLogName } from './stack-folder';
import type {
  PostgresStop,
  SearchAttributeKind,
  StackCommand,
  StackMessage,
  StackOrder,
  StackReady,
} from './stack-messages';

/** How a stack is to be. */
export interface StackOptions {
  /** Its data, logs and stack.json lie here; made if missing. One stack a folder. */
  readonly folder: string;
  /** Remove what an earlier stack left there first. */
  readonly fresh?: boolean;
  /** Temporal keeps nothing on disk: it forgets everything when it is killed. */
  readonly inMemory?: boolean;
  /** PostgreSQL does not wait for the disk. For tests and demos. */
  readonly fast?: boolean;
  /** Remove, at the end, all that the stack made in the folder (and the folder, if nothing else is in it). */
  readonly temporary?: boolean;
  /** Registered when Temporal starts. */
  readonly searchAttributes: Readonly<Record<string, SearchAttributeKind>>;
  /** Told what is being done when a start takes long (Temporal being downloaded or built). */
  readonly onProgress?: (line: string) => void;
  /** The environment of the stack's process; ours by default. */
  readonly env?: NodeJS.ProcessEnv;
}

/** A running stack. It ends when `stop` is called, or when this process does, however that happens. */
export interface Stack extends StackReady {
  /** The stack's own process. */
  readonly pid: number;
  /** Resolves when the stack has ended: with undefined if it was asked to, else with the reason. Never rejects. */
  readonly ended: Promise<SlipwayError | undefined>;
  /** The process ids of the servers that run now. */
  serverPids(): readonly number[];
  /** Ends both servers and resolves when nothing of the stack runs any more. May be called twice. */
  stop(): Promise<void>;
  /** SIGKILL to Temporal; resolves when it is gone. */
  killTemporal(): Promise<void>;
  /** Starts Temporal again on the same ports and file, and resolves when it answers. */
  restartTemporal(): Promise<void>;
  /** Ends PostgreSQL; resolves when it is gone. */
  stopPostgres(how?: PostgresStop): Promise<void>;
  /** Starts PostgreSQL again on the same port and data, and resolves when it answers. */
  startPostgres(): Promise<void>;
  /** Both of these, one after the other. */
  restartPostgres(how?: PostgresStop): Promise<void>;
}

/** How long a stack may take to end before it is killed with all that it started. */
const stopLimitMs = 20_000;

/** How long the servers of a killed stack may take to end. */
const leftoverLimitMs = 5000;

/**
 * Starts a Temporal and a PostgreSQL server of our own on free ports, and resolves when both answer.
 *
 * Fails with STACK_FAILED: Slipway is not built, the folder has a stack already, no Temporal could be had, or a server
 * did not start. Nothing runs then.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const owner = new StackOwner(options);
  const ready = await owner.ready;
  const ask = (command: StackCommand) => owner.ask(command);
  const stopPostgres = (how: PostgresStop = 'fast') => ask({ do: 'stop-postgres', how });
  const startPostgres = () => ask({ do: 'start-postgres' });
  return {
    ...ready,
    pid: owner.pid,
    ended: owner.ended,
    serverPids: () => owner.serverPids,
    stop: () => owner.stop(),
    killTemporal: () => ask({ do: 'kill-temporal' }),
    restartTemporal: () => ask({ do: 'restart-temporal' }),
    stopPostgres,
    startPostgres,
    restartPostgres: async (how) => {
      await stopPostgres(how);
      await startPostgres();
    },
  };
}

/** The owner's side of the pipe. */
class StackOwner {
  readonly pid: number;
  readonly ready: Promise<StackReady>;
  readonly ended: Promise<SlipwayError | undefined>;
  serverPids: readonly number[] = [];

  private readonly child: ChildProcess;
  private readonly servers = new Map<number, RunningProcess>();
  private readonly waiting = new Map<number, (problem: string | undefined) => void>();
  private requests = 0;
  private stopping = false;
  private failure: SlipwayError | undefined;
  private announce: ((ready: StackReady) => void) | undefined;

  constructor(private readonly options: StackOptions) {
    this.child = spawnStack(options);
    this.pid = this.child.pid ?? -1;
    this.ended = this.watchEnd();
    this.ready = new Promise((announce, refuse) => {
      this.announce = announce;
      void this.ended.then((reason) => refuse(reason ?? failure('it was stopped while it started')));
    });
    if (this.child.stdout) createInterface({ input: this.child.stdout }).on('line', (line) => this.hear(line));
    // A stack that is gone is reported by `ended`, not by the pipe.
    this.child.stdin?.on('error', () => undefined);
    this.write(orderOf(options));
  }

  async ask(command: StackCommand): Promise<void> {
    const id = ++this.requests;
    const problem = await new Promise<string | undefined>((answer) => {
      this.waiting.set(id, answer);
      this.write({ id, command });
      void this.ended.then(() => answer('the stack has ended'));
    });
    this.waiting.delete(id);
    if (problem !== undefined) throw failure(`${command.do}: ${problem}`);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.child.stdin?.end();
    const limit = setTimeout(() => this.child.kill('SIGKILL'), stopLimitMs);
    await this.ended;
    clearTimeout(limit);
  }

  private hear(line: string): void {
    const message = JSON.parse(line) as StackMessage;
    switch (message.is) {
      case 'progress':
        return this.options.onProgress?.(message.line);
      case 'ready':
        return this.announce?.(message.ready);
      case 'servers':
        return this.noteServers(message.pids);
      case 'answer':
        return this.waiting.get(message.id)?.(message.problem);
      case 'failed':
        this.failure = new SlipwayError(message.code, message.details);
    }
  }

  private noteServers(pids: readonly number[]): void {
    this.serverPids = pids;
    for (const pid of pids) {
      const server = runningProcess(pid);
      if (server !== undefined) this.servers.set(pid, server);
    }
  }

  private async watchEnd(): Promise<SlipwayError | undefined> {
    const how = await new Promise<string>((resolve) => {
      this.child.once('error', (error) => resolve(error.message));
      this.child.once('close', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
    });
    await this.killLeftovers();
    if (this.failure !== undefined) return this.failure;
    if (this.stopping || how === 'exit code 0') return undefined;
    return failure(`it ended with ${how}. ${logTail(this.options.folder)}`.trim());
  }

  /** A stack that was killed cannot end its servers. On Linux they notice; elsewhere it is done here. */
  private async killLeftovers(): Promise<void> {
    const left = [...this.servers.values()].filter(isRunning);
    for (const { pid } of left) process.kill(pid, 'SIGINT');
    const deadline = Date.now() + leftoverLimitMs;
    while (left.some(isRunning)) {
      if (Date.now() > deadline) for (const { pid } of left.filter(isRunning)) process.kill(pid, 'SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    this.serverPids = [];
  }

  private write(line: object): void {
    this.child.stdin?.write(`${JSON.stringify(line)}\n`);
  }
}

function orderOf({ folder, fresh, inMemory, fast, temporary, searchAttributes }: StackOptions): StackOrder {
  return {
    folder: resolve(folder),
    fresh: fresh ?? false,
    inMemory: inMemory ?? false,
    fast: fast ?? false,
    temporary: temporary ?? false,
    searchAttributes,
  };
}

/**
 * Starts the compiled program, also when we run as TypeScript. Detached, so that Ctrl-C in the terminal reaches only
 * its owner, who may still need the servers while it cleans up.
 */
function spawnStack({ folder, env }: StackOptions): ChildProcess {
  const program = join(projectRoot(), 'dist', 'worker', 'embedded', 'stack.js');
  if (!existsSync(program)) throw failure(`${program} is missing`, 'Run `npm run build`.');
  mkdirSync(folder, { recursive: true });
  const log = openSync(join(folder, stackLogName), 'a', 0o600);
  try {
    // Options for our own Node (a debugger's port, a test runner's hooks) are not the stack's.
    const own: NodeJS.ProcessEnv = { ...(env ?? process.env), NODE_OPTIONS: undefined };
    return spawn(process.execPath, [program], { detached: true, stdio: ['pipe', 'pipe', log], env: own });
  } finally {
    closeSync(log);
  }
}

function logTail(folder: string): string {
  try {
    return readFileSync(join(folder, stackLogName), 'utf8').trimEnd().split('\n').slice(-6).join('\n');
  } catch {
    return '';
  }
}

function failure(detail: string, hint = 'Its log is stack.log in its folder.'): SlipwayError {
  return new SlipwayError('STACK_FAILED', { part: 'stack', detail, hint });
}
