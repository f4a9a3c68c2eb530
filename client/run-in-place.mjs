import { createRequire } from 'node:module';
import { existsSync, readFileSync } from 'node:fs';
import { setInterval } from 'node:timers';
import { say } from './ensure-built.mjs';

/**
 * Goes on as the program `path` with `args`, in this very process: its signals, its exit code and its terminal are
 * ours, and killing one is killing the other. Ends the process if there is no such program.
 */
export function runInPlace(path, args) {
  if (!existsSync(path)) {
    say(`${path} is missing: this copy of Slipway is not whole.`);
    process.exit(1);
  }
  process.argv = [process.argv[0], path, ...args];
  createRequire(import.meta.url)('node:module').runMain();
}

/**
 * Ends this process, orderly, when the npm that runs it as a script is gone: a killed npm tells nobody, and the script
 * would run on with nobody watching it.
 */
export function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  // npm runs scripts through a shell, which may stay between the two and outlive npm.
  const shell = process.ppid;
  const { name, parent: npm } = parentOf(shell);
  setInterval(() => {
    const left = process.ppid !== shell || (name === 'sh' && parentOf(shell).parent !== npm);
    if (left) process.kill(process.pid, 'SIGTERM');
  }, 500).unref();
}

/** The name of a process and the id of its parent, where there is /proc. */
function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const end = stat.lastIndexOf(')');
    return { name: stat.slice(stat.indexOf('(') + 1, end), parent: stat.slice(end + 2).split(' ')[1] };
  } catch {
    return {};
  }
}
