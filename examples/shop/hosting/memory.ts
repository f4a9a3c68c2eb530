import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Build, LivePeriod } from './options';

/** What a host must remember when it is killed and started again. */
export interface Memory {
  /** Where in the remote's log the next unread ref update begins. */
  offset: number;
  builds: Build[];
  history: LivePeriod[];
  /** Service → its public port, so that addresses stay the same. */
  ports: Record<string, number>;
}

/** What the host that ran here before remembered, if one did. */
export function recall(file: string): Memory | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Memory) : undefined;
}

/** Writes the memory in one step, so that a kill leaves the old one or the new one. */
export function remember(file: string, memory: Memory): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(memory));
  renameSync(`${file}.new`, file);
}
