import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Runs `work` while this process holds the lock file, waiting for another process that has it; a lock whose process is
 * gone counts as none. Given back also when the process exits in the middle. Returns what `work` returns.
 *
 * @param {string} path
 * @param {() => Promise<T>} work
 * @param {(pid: number) => void} onWait told once whom we wait for
 * @returns {Promise<T>}
 * @template T
 */
export async function holdLock(path, work, onWait) {
  mkdirSync(dirname(path), { recursive: true });
  let told = false;
  for (let holder = take(path); holder !== undefined; holder = take(path)) {
    if (!told) onWait(holder);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const giveBack = () => rmSync(path, { force: true });
  process.once('exit', giveBack);
  try {
    return await work();
  } finally {
    process.off('exit', giveBack);
    giveBack();
  }
}

/** Takes the lock, or returns the id of the process that has it. */
function take(path) {
  for (;;) {
    try {
      writeFileSync(path, `${process.pid} ${startOf(process.pid)}`, { flag: 'wx' });
      return undefined;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const [pid = 0, start = ''] = readText(path).split(' ');
    if (isRunning(Number(pid)) && start === startOf(Number(pid))) return Number(pid);
    // Of several processes that find a dead one's lock, one can move it away; the others see that it is gone.
    try {
      renameSync(path, `${path}.${process.pid}`);
      rmSync(`${path}.${process.pid}`, { force: true });
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
  }
}

function isRunning(pid) {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** When a process was started, in the system's units; empty where there is no /proc. Tells it from a later one with its id. */
function startOf(pid) {
  const stat = readText(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
