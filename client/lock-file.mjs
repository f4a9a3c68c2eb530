import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
    if (create(path)) return undefined;
    const found = readText(path);
    const [pid = 0, start = ''] = found.split(' ');
    if (isRunning(Number(pid)) && start === startOf(Number(pid))) return Number(pid);
    // A dead one's lock is removed by one at a time, who looks again: else a second one could remove what a first has taken.
    const removal = `${path}.removal`;
    if (take(removal) !== undefined) continue;
    if (readText(path) === found) rmSync(path, { force: true });
    rmSync(removal, { force: true });
  }
}

/** Makes the lock file, with who has it, in one instant: it is never seen empty. Returns whether it was not there. */
function create(path) {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, `${process.pid} ${startOf(process.pid)}`);
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
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
