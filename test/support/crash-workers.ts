/** Real worker processes of one task queue that can be killed or stopped exactly at an effect. */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { ownCode } from './changed-code';
import type { Fate, ParentWord, WorkerWord } from './crash-worker';
import { eventually } from './eventually';
import { testLedgerUrl } from './test-ledger';

export interface WorkersOptions {
  readonly taskQueue: string;
  readonly workspaces: string;
  readonly temporalAddress: string;
  /** The secrets and addresses that the configuration refers to. */
  readonly env: Readonly<Record<string, string>>;
  /** How many run at a time; 2 unless told: one that works and one that stands by. */
  readonly count?: number;
}

/** A point that a worker has reached. */
export interface Reached {
  readonly pid: number;
  readonly point: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

interface Trap {
  readonly point: string;
  readonly fate: Exclude<Fate, 'go on'>;
  left: number;
  readonly spring: (fallen: CrashWorker) => void;
}

/** The workers of one task queue, some standing by. */
export class CrashWorkers {
  /** Every point that any of them has reached, oldest first. */
  readonly reached: Reached[] = [];
  private workers: CrashWorker[] = [];
  private traps: Trap[] = [];
  /** The compiled Slipway that those run which are started from now on. */
  code = ownCode;

  /** None runs before {@link refill}. */
  constructor(private readonly options: WorkersOptions) {}

  /** Has one of them fall at the `nth` time that the point is reached from now on; resolves when it has. */
  fallAt(point: string, fate: 'SIGKILL' | 'SIGSTOP', nth = 1): Promise<CrashWorker> {
    return new Promise((spring) => this.traps.push({ point, fate, left: nth, spring }));
  }

  /** Forgets what {@link fallAt} was told and has not happened. */
  forget(): void {
    this.traps = [];
  }

  /** Starts as many as are missing; resolves when all of them poll. */
  async refill(): Promise<void> {
    const { count = 2 } = this.options;
    this.workers = this.workers.filter((worker) => worker.isRunning && !worker.isStopped);
    while (this.workers.length < count) this.workers.push(this.spawn());
    await Promise.all(this.workers.map((worker) => worker.ready));
  }

  /** The worker that was the last to reach the point. Fails if none did, or if it is gone. */
  lastAt(point: string): CrashWorker {
    const pid = this.reached.findLast((each) => each.point === point)?.pid;
    const worker = this.workers.find((each) => each.pid === pid);
    if (!worker) throw new Error(`no worker that runs has reached ${point}`);
    return worker;
  }

  /** Those that run. */
  get all(): readonly CrashWorker[] {
    return this.workers.filter((worker) => worker.isRunning);
  }

  /** SIGKILL to all of them; resolves when they are gone. */
  async killAll(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.kill()));
    this.workers = [];
  }

  private spawn(): CrashWorker {
    return new CrashWorker({ ...this.options, code: this.code }, (worker, point) => this.judge(worker, point));
  }

  private judge(worker: CrashWorker, point: string): Fate {
    this.reached.push({ pid: worker.pid, point, at: Date.now() });
    const trap = this.traps.find((each) => each.point === point);
    if (!trap || --trap.left > 0) return 'go on';
    this.traps = this.traps.filter((each) => each !== trap);
    worker.fell(trap.fate);
    trap.spring(worker);
    return trap.fate;
  }
}

/** One worker process. */
export class CrashWorker {
  readonly pid: number;
  /** Resolves when it polls, or was killed; fails if it ended by itself before. */
  readonly ready: Promise<void>;
  isStopped = false;
  private isKilled = false;
  /** When it fell: milliseconds since 1970. */
  fellAt = 0;
  private readonly child: ChildProcess;
  private readonly ended: Promise<string>;
  private words = '';
  private hearBusy: ((activities: number) => void) | undefined;

  constructor(
    options: WorkersOptions & { readonly code: string },
    judge: (worker: CrashWorker, point: string) => Fate,
  ) {
    const { taskQueue, workspaces, temporalAddress, env, code } = options;
    const program = join(code, 'test', 'support', 'crash-worker.js');
    this.child = fork(program, [taskQueue, workspaces], {
      env: {
        ...process.env,
        SLIPWAY_DATABASE_URL: testLedgerUrl(),
        ...env,
        NODE_OPTIONS: '',
        TEMPORAL_ADDRESS: temporalAddress,
        SLIPWAY_LOG_LEVEL: 'fatal',
      },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.pid = this.child.pid ?? 0;
    this.child.stderr?.on('data', (chunk: Buffer) => (this.words = (this.words + chunk.toString()).slice(-4_000)));
    this.ended = new Promise((resolve) => {
      this.child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`));
    });
    this.ready = new Promise((resolve, reject) => {
      this.child.on('message', (word: WorkerWord) => {
        if (word.is === 'ready') resolve();
        else if (word.is === 'busy') this.hearBusy?.(word.activities);
        else this.tell({ is: 'fate', id: word.id, fate: judge(this, word.point) });
      });
      void this.ended.then((how) =>
        this.isKilled ? resolve() : reject(new Error(`a worker ended early (${how}): ${this.words}`)),
      );
    });
    // Not everybody waits for it.
    this.ready.catch(() => undefined);
  }

  /** One that was told to kill itself counts as gone, although it may take a moment. */
  get isRunning(): boolean {
    return !this.isKilled && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    this.isKilled = true;
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** SIGSTOP from outside, wherever it stands. */
  stop(): void {
    this.fell('SIGSTOP');
    this.child.kill('SIGSTOP');
  }

  /** SIGCONT. */
  wake(): void {
    this.isStopped = false;
    this.child.kill('SIGCONT');
  }

  /** SIGCONT; resolves when everything is over that it had begun before it was stopped. */
  async wakeAndRest(): Promise<void> {
    this.wake();
    await this.atRest();
  }

  /** Resolves when it works on no activity any more, so that nothing that it had begun can still happen. */
  async atRest(): Promise<void> {
    await eventually(`worker ${this.pid} to be at rest`, async () =>
      (await this.countActivities()) === 0 ? true : undefined,
    );
  }

  /** Noted by whoever lets the signal fall. */
  fell(fate: Fate): void {
    this.fellAt = Date.now();
    this.isStopped = fate === 'SIGSTOP';
    this.isKilled = fate === 'SIGKILL';
  }

  private countActivities(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.hearBusy = resolve;
      void this.ended.then((how) => reject(new Error(`worker ${this.pid} ended: ${how}; ${this.words}`)));
      this.tell({ is: 'count' });
    });
  }

  private tell(word: ParentWord): void {
    this.child.send(word, () => undefined);
  }
}
