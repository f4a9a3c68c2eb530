import { mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, runningProcess, type RunningProcess } from '../../config/running-process';
import { removeStackFile } from '../../config/stack-file';

/** Where a stack keeps what it makes; all in one folder, which may hold other things too. */
export interface StackFolder {
  readonly path: string;
  readonly temporalFile: string;
  readonly temporalLog: string;
  readonly postgresData: string;
  readonly postgresLog: string;
}

/** The names of a stack's things in `path`. Touches nothing. */
export function stackFolder(path: string): StackFolder {
  return {
    path,
    temporalFile: join(path, 'temporal.db'),
    temporalLog: join(path, 'temporal.log'),
    postgresData: join(path, 'postgres'),
    postgresLog: join(path, 'postgres.log'),
  };
}

/** The name of the log of the stack's own process. */
export const stackLogName = 'stack.log';

const lockName = 'stack.lock';

/**
 * Makes the folder and takes it for this process. Returns undefined, or the process that has it. A lock whose process
 * is gone counts as none.
 */
export function takeFolder(folder: StackFolder): RunningProcess | undefined {
  mkdirSync(folder.path, { recursive: true });
  const lock = join(folder.path, lockName);
  const mine = JSON.stringify(runningProcess(process.pid));
  for (;;) {
    try {
      writeFileSync(lock, mine, { flag: 'wx', mode: 0o600 });
      return undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = readLock(lock);
    if (holder !== undefined && isRunning(holder)) return holder;
    // Only one of several processes can move the dead one's lock away; the others see that it is gone and try again.
    const dead = `${lock}.${process.pid}`;
    try {
      renameSync(lock, dead);
      rmSync(dead, { force: true });
    } catch {
      continue;
    }
  }
}

/** Gives the folder back. */
export function leaveFolder(folder: StackFolder): void {
  rmSync(join(folder.path, lockName), { force: true });
}

/** Removes the data and logs of a stack, and nothing else that lies in the folder. */
export function clearFolder(folder: StackFolder): void {
  const { temporalFile, postgresData } = folder;
  const things = [
    ...['', '-wal', '-shm', '-journal'].map((ending) => temporalFile + ending),
    ...['', '.new', '.password'].map((ending) => postgresData + ending),
    ...[folder.temporalLog, folder.postgresLog],
  ];
  for (const thing of things) rmSync(thing, { recursive: true, force: true });
  removeStackFile(folder.path);
}

/** Removes everything of a stack, and the folder itself if nothing of others is in it. */
export function removeFolder(folder: StackFolder): void {
  clearFolder(folder);
  rmSync(join(folder.path, stackLogName), { force: true });
  leaveFolder(folder);
  try {
    rmdirSync(folder.path);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

function readLock(lock: string): RunningProcess | undefined {
  try {
    const found = JSON.parse(readFileSync(lock, 'utf8')) as RunningProcess;
    return Number.isInteger(found.pid) ? found : undefined;
  } catch {
    return undefined;
  }
}
