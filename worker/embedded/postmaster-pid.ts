import { readFileSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { runningProcess } from '../../config/running-process';

/**
 * Makes the way free for a server on `data`: removes a postmaster.pid whose process is gone, is a zombie, or is not a
 * PostgreSQL of this folder; ends one that is (its stack was killed). Fails with a sentence if that one does not end
 * within `limitMs`.
 */
export async function clearPostmasterPid(data: string, limitMs = 10_000): Promise<void> {
  const file = join(data, 'postmaster.pid');
  const deadline = Date.now() + limitMs;
  let asked = false;
  for (let pid = readPid(file); pid !== undefined; pid = readPid(file)) {
    if (!servesFolder(pid, data)) break;
    if (Date.now() > deadline) throw new Error(`process ${pid} still serves ${data} and does not end`);
    if (!asked) process.kill(pid, 'SIGINT');
    asked = true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  // Servers of a killed postmaster end a moment later than it; until then its data may not be served again.
  while (isAttached(sharedMemoryId(file))) {
    if (Date.now() > deadline) throw new Error(`processes of a killed server still hold ${data}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  rmSync(file, { force: true });
}

/** The seventh line of postmaster.pid: key and id of the shared memory that its servers are attached to. */
function sharedMemoryId(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').split('\n')[6]?.trim().split(/\s+/)[1];
  } catch {
    return undefined;
  }
}

/** Whether any process is attached to the shared memory `id`; false where the system does not tell. */
function isAttached(id: string | undefined): boolean {
  if (!id) return false;
  try {
    const [, ...lines] = readFileSync('/proc/sysvipc/shm', 'utf8').trim().split('\n');
    const fields = lines.map((line) => line.trim().split(/\s+/)).find(([, shmid]) => shmid === id);
    // Columns: key, shmid, perms, size, cpid, lpid, nattch.
    return Number(fields?.[6] ?? 0) > 0;
  } catch {
    return false;
  }
}

function readPid(file: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Whether `pid` runs and its command line names this data folder. */
function servesFolder(pid: number, data: string): boolean {
  if (runningProcess(pid) === undefined) return false;
  return commandLine(pid).includes(data);
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return spawnSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
  }
}
