/** The folders of workspaces: their names say whose they are, so that those of dead processes can be told and removed. */
import { createHash, randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** A new name for what `key` is about, which tells the host and the process that it belongs to. */
export function newFolderName(key: string): string {
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 12);
  return `${hostPart()}.${process.pid}.${randomBytes(4).toString('hex')}.${hash}.git`;
}

const cleaned = new Set<string>();

/**
 * Removes the workspaces in `parent` of processes of this host that are no longer alive, and those of our own process id
 * that are not `inUse`: of an earlier process with the same id. Once for each folder; never fails.
 */
export async function removeAbandoned(parent: string, inUse: (folder: string) => boolean): Promise<void> {
  if (cleaned.has(parent)) return;
  cleaned.add(parent);
  for (const name of await readdir(parent).catch(() => [])) {
    const match = /^(.+)\.(\d+)\.[0-9a-f]{8}\.[0-9a-f]{12}\.git$/.exec(name);
    if (!match || match[1] !== hostPart()) continue;
    const pid = Number(match[2]);
    const folder = join(parent, name);
    if (pid === process.pid ? inUse(folder) : isAlive(pid)) continue;
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

const hostPart = (): string => hostname().replace(/[^A-Za-z0-9-]/g, '-');

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
