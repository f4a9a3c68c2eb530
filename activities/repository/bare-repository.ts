import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gitOutput, REMOTE } from './git';

/** How much a workspace fetches by itself: `history` = commits only; `trees` = folders as well. Files never. */
export type Depth = 'history' | 'trees';

/**
 * What a workspace's fetch leaves out, as an argument of git. `rootsToo`: not the commits' own folders, for a remote
 * that has a light tag on a folder; git fetches no such tag without them.
 */
export function filterArgument(depth: Depth, rootsToo: boolean): string {
  return `--filter=${depth === 'history' && rootsToo ? 'tree:1' : filters[depth]}`;
}

/** Whether the repository in `folder` was made to its end. */
export function isMade(folder: string): boolean {
  return existsSync(join(folder, made));
}

/** Makes an empty bare repository in `folder`, in place of whatever is there, whose one remote is `REMOTE`. */
export async function makeBareRepository(folder: string, depth: Depth, signal: AbortSignal): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await gitOutput({ args: ['init', '--quiet', '--bare', '--template=', folder], signal });
  await writeFile(join(folder, 'config'), configuration(depth));
  await mkdir(join(folder, made));
}

/** Made last: a process may die in between. */
const made = 'ready';

/** A remote that does not know filters sends everything: git says so and goes on. */
const filters: Readonly<Record<Depth, string>> = { history: 'tree:0', trees: 'blob:none' };

const configuration = (depth: Depth): string => `[core]
\trepositoryformatversion = 1
\tbare = true
[extensions]
\tpartialClone = ${REMOTE}
[remote "${REMOTE}"]
\tpromisor = true
\tpartialclonefilter = ${filters[depth]}
`;
