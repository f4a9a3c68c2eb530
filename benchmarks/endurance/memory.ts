import { execFileSync } from 'node:child_process';

/** Resident memory of a process in MiB, as the system counts it. Fails if there is no such process. */
export function residentMemory(pid: number): number {
  const kib = Number(
    execFileSync('ps', ['-o', 'rss=', '-p', String(pid)])
      .toString()
      .trim(),
  );
  return Math.round(kib / 1024);
}
