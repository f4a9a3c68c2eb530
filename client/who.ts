import { execFile } from 'node:child_process';
import { SlipwayError } from '../release/errors';

/** Who a decision is by, and how that is known: for now nobody checks it. */
export interface Person {
  readonly name: string;
  readonly from: 'SLIPWAY_USER' | 'git user.name';
}

/** The person at the keyboard: SLIPWAY_USER, else git's user.name in `cwd`. Fails with WHO_UNKNOWN. */
export async function whoIsIt(env: NodeJS.ProcessEnv, cwd: string): Promise<Person> {
  const named = env['SLIPWAY_USER']?.trim();
  if (named) return { name: named, from: 'SLIPWAY_USER' };
  const name = await gitUserName(env, cwd);
  if (name) return { name, from: 'git user.name' };
  throw new SlipwayError('WHO_UNKNOWN');
}

function gitUserName(env: NodeJS.ProcessEnv, cwd: string): Promise<string> {
  return new Promise((resolve) => {
    execFile('git', ['config', 'user.name'], { env, cwd, timeout: 5_000 }, (error, stdout) =>
      resolve(error ? '' : stdout.trim()),
    );
  });
}
