import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { isRunning, runningProcess, type RunningProcess } from '../../config/running-process';

/** These processes and all their descendants, as they are now. Descendants are only seen where there is /proc. */
export function family(pids: readonly number[]): RunningProcess[] {
  const wanted = new Set(pids);
  const parents = readParents();
  for (let before = 0; before !== wanted.size;) {
    before = wanted.size;
    for (const [pid, parent] of parents) if (wanted.has(parent)) wanted.add(pid);
  }
  return [...wanted].flatMap((pid) => runningProcess(pid) ?? []);
}

/** The processes whose command line holds `text`. Empty where there is no /proc. */
export function mentioning(text: string): RunningProcess[] {
  return readParents().flatMap(([pid]) => (commandLine(pid).includes(text) ? (runningProcess(pid) ?? []) : []));
}

/** Resolves when none of the processes runs any more; fails with those that still do after `limitMs`. */
export async function allGone(processes: readonly RunningProcess[], limitMs = 30_000): Promise<void> {
  await eventually(
    `end of processes ${processes.map(({ pid }) => pid).join(', ')}`,
    () => !processes.some(isRunning),
    limitMs,
  );
}

/** Resolves when `holds` says true; fails, naming `what`, when it has not within `limitMs`. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  limitMs = 30_000,
): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited ${limitMs} ms in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Whether something listens at `host:port`. */
export function listens(address: string): Promise<boolean> {
  const [host = '', port = ''] = address.split(':');
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) });
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => finish(true)).once('error', () => finish(false));
  });
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** Process → parent, from /proc. */
function readParents(): [number, number][] {
  try {
    return readdirSync('/proc').flatMap((name) => parentOf(name));
  } catch {
    return [];
  }
}

function parentOf(name: string): [number, number][] {
  if (!/^\d+$/.test(name)) return [];
  try {
    const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
    return [[Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])]];
  } catch {
    // It ended while we looked.
    return [];
  }
}
