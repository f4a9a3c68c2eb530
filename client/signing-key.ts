/** The key that a person signs with: what git signs with, else what their ssh-agent holds. */
import { execFile, type ExecFileException } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SIGNATURE_NAMESPACE } from '../release/signature';
import { keyOf, type SshKey } from '../release/ssh-key';

/** A key to sign with. */
export interface SigningKey {
  /** Where it was found, for people. */
  readonly from: string;
  /** undefined = only its private part is at hand. */
  readonly key: SshKey | undefined;
  /** Path of a file with the private or the public key, or the public key itself, whose private one an agent has. */
  readonly at: { readonly file: string } | { readonly line: string };
}

/** Where keys are looked for. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

/** The key in a file that was named. */
export async function keyInFile(file: string, { cwd, env }: Surroundings): Promise<SigningKey> {
  const path = resolve(cwd, withHome(file, env));
  return { from: file, key: await publicKeyOf(path), at: { file: path } };
}

/** The key that git signs with, if it signs with SSH keys. */
export async function keyOfGit(where: Surroundings): Promise<SigningKey | undefined> {
  if ((await gitConfig('gpg.format', where)) !== 'ssh') return undefined;
  const named = await gitConfig('user.signingkey', where);
  if (named) return keyCalled(named, 'git’s user.signingkey', where);
  const command = await gitConfig('gpg.ssh.defaultKeyCommand', where);
  if (!command) return undefined;
  const { stdout } = await run('sh', ['-c', command], where);
  const [line] = stdout.split('\n').filter((each) => keyOf(each.replace(/^key::/, '')));
  return line === undefined ? undefined : keyCalled(line, 'git’s gpg.ssh.defaultKeyCommand', where);
}

/** The keys that the ssh-agent holds, in its order. */
export async function keysOfAgent(where: Surroundings): Promise<SigningKey[]> {
  if (!where.env['SSH_AUTH_SOCK']) return [];
  const { stdout } = await run('ssh-add', ['-L'], where);
  return stdout.split('\n').flatMap((line) => {
    const key = keyOf(line);
    return key ? [{ from: 'ssh-agent', key, at: { line } }] : [];
  });
}

/**
 * Signs `text` with a key, by `ssh-keygen`. Returns the signature, or why there is none. With `mayAsk` a passphrase may
 * be asked for at the terminal; without it nobody is ever asked.
 */
export async function signWith(
  { at }: SigningKey,
  text: string,
  { where, mayAsk }: { readonly where: Surroundings; readonly mayAsk: boolean },
): Promise<{ readonly ssh: string } | { readonly problem: string }> {
  const folder = 'line' in at ? await mkdtemp(join(tmpdir(), 'slipway-key-')) : undefined;
  try {
    const file = 'file' in at ? at.file : join(folder!, 'key.pub');
    if ('line' in at) await writeFile(file, `${at.line}\n`);
    const args = ['-Y', 'sign', '-n', SIGNATURE_NAMESPACE, '-f', file];
    const { stdout, problem } = await run('ssh-keygen', args, where, { input: text, mayAsk });
    return problem === undefined ? { ssh: stdout } : { problem };
  } finally {
    if (folder) await rm(folder, { recursive: true, force: true });
  }
}

/** As git reads it: a path, or the key itself. */
async function keyCalled(named: string, from: string, where: Surroundings): Promise<SigningKey> {
  const line = named.replace(/^key::/, '');
  const key = keyOf(line);
  return key ? { from, key, at: { line } } : { ...(await keyInFile(named, where)), from };
}

async function publicKeyOf(path: string): Promise<SshKey | undefined> {
  for (const file of [path, `${path}.pub`]) {
    const key = keyOf(await readFile(file, 'utf8').catch(() => ''));
    if (key) return key;
  }
  return undefined;
}

const withHome = (path: string, env: NodeJS.ProcessEnv): string =>
  path.startsWith('~/') ? join(env['HOME'] || homedir(), path.slice(2)) : path;

async function gitConfig(name: string, where: Surroundings): Promise<string> {
  return (await run('git', ['config', name], where)).stdout.trim();
}

interface Ran {
  readonly stdout: string;
  readonly problem?: string;
}

function run(
  file: string,
  args: readonly string[],
  { env, cwd }: Surroundings,
  { input = '', mayAsk = false }: { readonly input?: string; readonly mayAsk?: boolean } = {},
): Promise<Ran> {
  // In a session of its own a program has no terminal to ask at.
  const quiet = { env: { ...env, SSH_ASKPASS_REQUIRE: 'never' }, detached: true, timeout: 10_000 };
  const options = { cwd, ...(mayAsk ? { env } : quiet) };
  return new Promise((done) => {
    const child = execFile(file, args, options, (error, stdout, stderr) =>
      done(error ? { stdout, problem: problemOf(file, error, stderr) } : { stdout }),
    );
    // One that could not be started, or has seen enough, reads nothing.
    child.stdin?.on('error', () => undefined).end(input);
  });
}

function problemOf(file: string, error: ExecFileException, stderr: string): string {
  if (error.code === 'ENOENT') return `there is no ${file} here`;
  const words = stderr.trim().split('\n').at(-1)?.trim();
  if (/passphrase/i.test(stderr)) return 'its passphrase is needed: add the key to your agent with `ssh-add`';
  return words ? words.slice(0, 200) : `${file} failed`;
}
