import { execFile } from 'node:child_process';
import { SlipwayError } from '../release/errors';
import { namesPeople, personCalled, type WhoIsWho } from '../release/people';

/** Who a decision is by, and how that is known: it is a claim, unless it is signed. */
export interface Person {
  readonly name: string;
  readonly from: 'SLIPWAY_USER' | 'git user.email' | 'git user.name';
}

/**
 * The person at the keyboard: SLIPWAY_USER, else git's user.email if the project knows it, else git's user.name in
 * `cwd`; under their one name in the project. Fails with WHO_UNKNOWN.
 */
export async function whoIsIt(env: NodeJS.ProcessEnv, cwd: string, project: WhoIsWho = {}): Promise<Person> {
  const named = env['SLIPWAY_USER']?.trim();
  const nameOf = (said: string) => personCalled(project, said)?.name;
  if (named) return { name: nameOf(named) ?? named, from: 'SLIPWAY_USER' };
  const known = namesPeople(project) ? nameOf(await gitSays('user.email', env, cwd)) : undefined;
  if (known !== undefined) return { name: known, from: 'git user.email' };
  const name = await gitSays('user.name', env, cwd);
  if (name) return { name: nameOf(name) ?? name, from: 'git user.name' };
  throw new SlipwayError('WHO_UNKNOWN');
}

function gitSays(what: 'user.name' | 'user.email', env: NodeJS.ProcessEnv, cwd: string): Promise<string> {
  return new Promise((resolve) => {
    execFile('git', ['config', what], { env, cwd, timeout: 5_000 }, (error, stdout) =>
      resolve(error ? '' : stdout.trim()),
    );
  });
}
