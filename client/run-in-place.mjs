import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
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
  const npm = process.ppid;
  setInterval(() => {
    if (process.ppid !== npm) process.kill(process.pid, 'SIGTERM');
  }, 500).unref();
}
