import { readFileSync } from 'node:fs';

/** A process that can be told apart from a later one with the same id. */
export interface RunningProcess {
  readonly pid: number;
  /** When the system started it, in its own units; absent where the system does not say (no /proc). */
  readonly started?: string;
}

/** The identity of process `pid` now, or undefined if none runs (a zombie does not run). Never fails. */
export function runningProcess(pid: number): RunningProcess | undefined {
  const stat = readStat(pid);
  if (stat !== undefined) return stat.state === 'Z' || stat.state === 'X' ? undefined : { pid, started: stat.started };
  if (readStat(process.pid) !== undefined) return undefined;
  return answersSignals(pid) ? { pid } : undefined;
}

/** Whether the very process `wanted` still runs, and not another that got its id since. Never fails. */
export function isRunning(wanted: RunningProcess): boolean {
  const found = runningProcess(wanted.pid);
  if (found === undefined) return false;
  return wanted.started === undefined || found.started === undefined || wanted.started === found.started;
}

interface Stat {
  readonly state: string;
  readonly started: string;
}

/** What /proc says about `pid`: undefined if there is no such process, or no /proc. */
function readStat(pid: number): Stat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The second field is the program's name in brackets, which may itself hold blanks and brackets.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  const started = fields[19];
  return state === undefined || started === undefined ? undefined : { state, started };
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
