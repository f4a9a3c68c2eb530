import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { git, gitEnvironment } from '../git';

/** Unpacks a commit's files into a folder. Fails if the commit is not there or the signal came first. */
export async function checkOut(repository: string, commit: string, folder: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await mkdir(folder, { recursive: true });
  // With an index of its own, since several are checked out at once.
  const index = `${resolve(folder)}.index`;
  const args = ['--git-dir', resolve(repository), '--work-tree', '.', 'checkout', '--quiet', commit, '--', '.'];
  const checkout = spawn('git', args, {
    cwd: folder,
    env: { ...gitEnvironment(), GIT_INDEX_FILE: index },
    stdio: 'ignore',
  });
  const [code] = (await once(checkout, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${commit} cannot be checked out`);
}

/** The version that a commit's package.json names. Fails if it has none. */
export async function versionOf(repository: string, commit: string): Promise<string> {
  const text = await git(['show', `${commit}:package.json`], { folder: repository });
  return (JSON.parse(text) as { version: string }).version;
}
