import { spawn, type ChildProcess } from 'node:child_process';
import { join, parse, sep } from 'node:path';
import { dyingWithUs } from './dying-with-us';
import type { LauncherAnswer, LauncherOrder } from './launcher-words';
import type { Program, ProgramResult } from './run-here';

/** The compiled program, also where this runs from source, in tests. */
const program = join(
  __dirname.includes(`${sep}dist${sep}`) ? __dirname : join(__dirname, '../../dist/activities/process'),
  'launcher.js',
);

/** The process that starts programs for this one. */
export class Launcher {
  isRunning = true;
  private readonly waiting = new Map<number, (answer: LauncherAnswer | undefined) => void>();
  private orders = 0;

  private constructor(private readonly child: ChildProcess) {
    child.on('message', (answer: LauncherAnswer) => this.answer(answer.id, answer));
    child.on('exit', () => this.end());
    child.on('error', () => this.end());
    child.on('disconnect', () => this.end());
    // By itself it must not keep this process alive; a program that runs does.
    child.unref();
    child.channel?.unref();
  }

  static async start(): Promise<Launcher> {
    const [file = '', ...args] = await dyingWithUs([process.execPath, program]);
    const child = spawn(file, args, {
      cwd: parse(process.cwd()).root,
      // A group of its own: Ctrl-C in a terminal must not end it before us.
      detached: true,
      env: { ...process.env, NODE_OPTIONS: undefined },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'advanced',
    });
    return new Launcher(child);
  }

  /** Runs a program there. Fails if the launcher dies first: the program was killed with it, at whatever it did. */
  async run({ signal, ...order }: Program): Promise<ProgramResult> {
    const id = ++this.orders;
    const kill = () => this.tell({ id, kill: true });
    const answer = await new Promise<LauncherAnswer | undefined>((resolve) => {
      this.wait(id, resolve);
      this.tell({ id, run: { ...order, cwd: order.cwd ?? process.cwd(), env: { ...(order.env ?? process.env) } } });
      signal?.addEventListener('abort', kill, { once: true });
    });
    signal?.removeEventListener('abort', kill);
    if (answer === undefined) throw new Error(`${order.argv[0]} was killed with the process that had started it`);
    if ('result' in answer) return { ...answer.result, stdout: answer.result.bytes.toString() };
    signal?.throwIfAborted();
    throw new Error(answer.problem);
  }

  private wait(id: number, resolve: (answer: LauncherAnswer | undefined) => void): void {
    if (!this.isRunning) return resolve(undefined);
    this.waiting.set(id, resolve);
    this.child.channel?.ref();
  }

  private answer(id: number, answer: LauncherAnswer | undefined): void {
    const resolve = this.waiting.get(id);
    this.waiting.delete(id);
    if (this.waiting.size === 0) this.child.channel?.unref();
    resolve?.(answer);
  }

  private tell(order: LauncherOrder): void {
    if (this.isRunning) this.child.send(order, (error) => (error ? this.end() : undefined));
  }

  private end(): void {
    this.isRunning = false;
    // Cut off, but not gone? Its programs must end all the same.
    this.child.kill('SIGKILL');
    for (const id of [...this.waiting.keys()]) this.answer(id, undefined);
  }
}
