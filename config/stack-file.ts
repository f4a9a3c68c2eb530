import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning } from './running-process';

/** Where the embedded stack of a folder can be reached: what `.slipway/stack.json` holds while that stack runs. */
export interface StackFile {
  /** Version of this file's shape. */
  readonly version: 1;
  /** The stack's own process, which ends its servers. */
  readonly pid: number;
  /** When the system started that process (see `RunningProcess`): tells it from a later one with the same id. */
  readonly processStarted?: string;
  /** ISO time at which the stack was ready. */
  readonly since: string;
  /** `host:port` of Temporal. */
  readonly address: string;
  /** Address of Temporal's Web UI, without a slash at its end. */
  readonly uiAddress: string;
  readonly namespace: string;
  /** The superuser's connection string for the database `postgres`. Holds a password: never print it. */
  readonly databaseUrl: string;
}

/** The name of the ledger's own database on the stack's PostgreSQL server. */
export const ledgerDatabase = 'slipway';

/** The address of the ledger on the server whose database `postgres` is at `databaseUrl`. */
export function ledgerUrl(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.pathname = `/${ledgerDatabase}`;
  return url.toString();
}

/** The name of the file in a stack's folder. */
export const stackFileName = 'stack.json';

/** The running stack of `folder`; undefined if there is none, its process is gone, or the file is not one. Never fails. */
export function readStackFile(folder: string): StackFile | undefined {
  let found: unknown;
  try {
    found = JSON.parse(readFileSync(join(folder, stackFileName), 'utf8'));
  } catch {
    return undefined;
  }
  if (!isStackFile(found)) return undefined;
  const { pid, processStarted } = found;
  return isRunning(processStarted === undefined ? { pid } : { pid, started: processStarted }) ? found : undefined;
}

/** Puts `file` into `folder` in one step, readable by its owner only. Fails as the file system does. */
export function writeStackFile(folder: string, file: StackFile): void {
  const path = join(folder, stackFileName);
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, path);
}

/** Removes the file of `folder`, if there is one. */
export function removeStackFile(folder: string): void {
  rmSync(join(folder, stackFileName), { force: true });
}

function isStackFile(value: unknown): value is StackFile {
  if (typeof value !== 'object' || value === null) return false;
  const file = value as Record<string, unknown>;
  const texts = ['since', 'address', 'uiAddress', 'namespace', 'databaseUrl'];
  return (
    file['version'] === 1 &&
    Number.isInteger(file['pid']) &&
    (file['processStarted'] === undefined || typeof file['processStarted'] === 'string') &&
    texts.every((name) => typeof file[name] === 'string')
  );
}
