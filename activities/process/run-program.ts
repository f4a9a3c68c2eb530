import { Launcher } from './launcher-process';
import type { Program, ProgramResult } from './run-here';

export type { Program, ProgramResult } from './run-here';

/** The launcher of this process, as long as it lives. */
let launcher: Promise<Launcher> | undefined;

/**
 * Runs a program in a process group of its own and waits for its end. How it ended is the result, never an error; one
 * that cannot be started ends with code 127 and the reason as its error output. Throws the signal's reason when that
 * aborts, after the whole group was sent SIGKILL; and an error, which says so, when it was killed because the process
 * that starts programs was.
 *
 * It is started by a small process of ours, since starting one copies the page tables of whoever does: a worker has
 * hundreds of megabytes and would stand still for 5 to 10 ms each time, the launcher for one. A program does not
 * outlive its launcher, nor that one its worker.
 */
export async function runProgram(program: Program): Promise<ProgramResult> {
  const starter = await running();
  program.signal?.throwIfAborted();
  const result = await starter.run(program);
  program.signal?.throwIfAborted();
  return result;
}

async function running(): Promise<Launcher> {
  const current = await launcher;
  if (current?.isRunning) return current;
  launcher = Launcher.start();
  return launcher;
}
