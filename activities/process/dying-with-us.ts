import { execFile } from 'node:child_process';

let setpriv: Promise<boolean> | undefined;

/**
 * `argv`, on Linux wrapped so that the kernel kills the program when this process dies, however it dies. It holds for
 * the program itself, not for what it starts. Unchanged where util-linux's setpriv is missing.
 */
export async function dyingWithUs(argv: readonly string[]): Promise<readonly string[]> {
  setpriv ??= process.platform === 'linux' ? works() : Promise.resolve(false);
  return (await setpriv) ? ['setpriv', '--pdeathsig', 'KILL', '--', ...argv] : argv;
}

function works(): Promise<boolean> {
  return new Promise((resolve) => {
    execFile('setpriv', ['--pdeathsig', 'KILL', '--', 'true'], (error) => resolve(error === null));
  });
}
