import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { git, gitEnvironment } from '../git';

/** Unpacks a commit's files into a folder. Fails if the commit is not there or the signal came first. */
export async function checkOut(repository: string, commit: string, folder: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await mkdir(folder, { recursive: true });
  const archive = spawn('git', ['archive', commit], {
    cwd: repository,
    env: gitEnvironment(),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const unpack = spawn('tar', ['xf', '-'], { cwd: folder, stdio: ['pipe', 'ignore', 'ignore'] });
  archive.stdout.pipe(unpack.stdin);
  unpack.stdin.on('error', () => undefined);
  const codes = (await Promise.all([once(archive, 'close'), once(unpack, 'close')])) as number[][];
  if (codes.some(([code]) => code !== 0)) throw new Error(`${commit} cannot be checked out`);
}

/** The version that a commit's package.json names. Fails if it has none. */
export async function versionOf(repository: string, commit: string): Promise<string> {
  const text = await git(['show', `${commit}:package.json`], { folder: repository });
  return (JSON.parse(text) as { version: string }).version;
}
