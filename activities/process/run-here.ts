import { spawn, type ChildProcess } from 'node:child_process';
import { BoundedOutput } from './bounded-output';
import { dyingWithUs } from './dying-with-us';
import { guardGroup } from './group-guard';

/** A program to run, without a shell. */
export interface Program {
  /** `argv[0]` is found on the PATH of `env`. */
  readonly argv: readonly string[];
  readonly cwd?: string;
  /** The whole environment; the worker's own unless given. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string | Buffer;
  /** Kills the whole process group when it aborts. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which the whole process group is killed. */
  readonly deadline?: number;
  /** How many bytes of each output are kept; 1 MiB unless told. */
  readonly limit?: number;
}

/** How a program ended. */
export interface ProgramResult {
  /** null if a signal ended it, or if it could not be started. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  /** Standard output as it came. */
  readonly bytes: Buffer;
  readonly stderr: string;
  /** Some output was left out. */
  readonly truncated: boolean;
  readonly timedOut: boolean;
}

const defaultLimit = 1024 * 1024;

/**
 * Runs a program as a child of this very process, in a process group of its own, and waits for its end. How it ended is the result, never an error; one
 * that cannot be started ends with code 127 and the reason as its error output. Throws the signal's reason when that
 * aborts, after the whole group was sent SIGKILL.
 *
 * The group does not outlive this process: see `dyingWithUs` (the program itself) and `guardGroup` (its children).
 */
export async function runHere(program: Program): Promise<ProgramResult> {
  program.signal?.throwIfAborted();
  const argv = await dyingWithUs(program.argv);
  program.signal?.throwIfAborted();
  const [file = '', ...args] = argv;
  const child = spawn(file, args, {
    cwd: program.cwd,
    env: program.env ?? process.env,
    detached: true,
    stdio: 'pipe',
  });
  const release = child.pid === undefined ? () => undefined : guardGroup(child.pid);
  let timedOut = false;
  const kill = () => killGroup(child);
  const expire = () => {
    timedOut = true;
    kill();
  };
  const timer = program.deadline === undefined ? undefined : setTimeout(expire, program.deadline);
  program.signal?.addEventListener('abort', kill, { once: true });
  const end = await outcome(child, program);
  clearTimeout(timer);
  program.signal?.removeEventListener('abort', kill);
  release();
  program.signal?.throwIfAborted();
  return { ...end, timedOut };
}

/** Sends SIGKILL to the process and everything that it started. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group is gone already.
  }
  // A grandchild that left the group may hold the pipes open: what it prints is not waited for.
  child.stdout?.destroy();
  child.stderr?.destroy();
}

async function outcome(child: ChildProcess, program: Program): Promise<Omit<ProgramResult, 'timedOut'>> {
  const limit = program.limit ?? defaultLimit;
  const [stdout, stderr] = [new BoundedOutput(limit), new BoundedOutput(limit)];
  child.stdout?.on('data', (chunk: Buffer) => stdout.add(chunk));
  child.stderr?.on('data', (chunk: Buffer) => stderr.add(chunk));
  // A program may end without reading its input.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(program.input ?? '');
  const end = await new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.on('error', (error) => {
      stderr.add(Buffer.from(error.message));
      resolve({ code: 127, signal: null });
    });
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  const bytes = stdout.bytes();
  const truncated = stdout.truncated || stderr.truncated;
  return { ...end, bytes, stdout: bytes.toString(), stderr: stderr.bytes().toString(), truncated };
}
