import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, realpath } from 'node:fs/promises';
import { basename, isAbsolute, join, normalize, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { RepositoryFacts } from './repository-facts';

/**
 * Looks at the repository that `folder` belongs to, without a network: what it has of a remote, tags, a manifest,
 * migrations. Never fails: what is not there, or cannot be read, is left out; a folder without git has only its files.
 */
export async function lookAtRepository(folder: string): Promise<RepositoryFacts> {
  const here = await realpath(folder).catch(() => resolve(folder));
  const git = gitIn(here);
  const top = (await git('rev-parse', '--show-toplevel')) || here;
  const remoteName = await nameOfRemote(git);
  const [remote, branches, trunk, tags, person, manifest, migrations, databaseVariable] = await Promise.all([
    remoteName === undefined ? undefined : remoteUrl(git, remoteName, top, here),
    branchesOf(git, remoteName),
    trunkOf(git, remoteName),
    lines(git('tag', '--list', '--sort=-creatordate')),
    git('config', 'user.name'),
    readManifest(top),
    findMigrations(top),
    findDatabaseVariable(top),
  ]);
  return {
    names: [...(manifest?.name === undefined ? [] : [manifest.name]), basename(top)],
    ...(remote && { remote }),
    ...(trunk && { trunk }),
    ...(manifest?.hasVersion && { manifest: { file: 'package.json', field: 'version' } }),
    tags: tags.slice(0, 500),
    branches,
    ...(migrations !== undefined && { migrations }),
    ...(databaseVariable !== undefined && { databaseVariable }),
    ...(person && { person }),
  };
}

/** Runs git in a folder: its output, or nothing if it fails or is not installed. */
type Git = (...args: string[]) => Promise<string>;

function gitIn(folder: string): Git {
  const env = { ...process.env, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
  return async (...args) => {
    try {
      const { stdout } = await promisify(execFile)('git', args, { cwd: folder, env, maxBuffer: 64 << 20 });
      return stdout.trim();
    } catch {
      return '';
    }
  };
}

const lines = async (output: Promise<string>) => (await output).split('\n').filter((line) => line !== '');

async function nameOfRemote(git: Git): Promise<string | undefined> {
  const names = await lines(git('remote'));
  return names.includes('origin') ? 'origin' : names[0];
}

/** A relative path counts from the top of the repository for git, but from its own folder in `slipway.yaml`. */
async function remoteUrl(git: Git, remote: string, top: string, folder: string): Promise<string> {
  const url = await git('remote', 'get-url', '--push', remote);
  if (isAbsolute(url)) return normalize(url);
  if (!/^\.\.?(\/|$)/.test(url)) return url;
  const path = relative(folder, resolve(top, url));
  return path.startsWith('.') ? path : `./${path}`;
}

async function branchesOf(git: Git, remote: string | undefined): Promise<string[]> {
  const namespace = remote === undefined ? 'refs/heads' : `refs/remotes/${remote}`;
  const refs = await lines(git('for-each-ref', '--format=%(refname)', namespace));
  return refs.map((ref) => ref.slice(namespace.length + 1)).filter((name) => name !== 'HEAD');
}

/** The remote's default branch; else a branch with a usual name; else the one that is checked out. */
async function trunkOf(git: Git, remote: string | undefined): Promise<string> {
  if (remote !== undefined) {
    const head = await git('symbolic-ref', '--quiet', `refs/remotes/${remote}/HEAD`);
    if (head !== '') return head.slice(`refs/remotes/${remote}/`.length);
  }
  const branches = [...(await branchesOf(git, remote)), ...(await branchesOf(git, undefined))];
  return (
    ['main', 'master', 'trunk'].find((name) => branches.includes(name)) ??
    git('symbolic-ref', '--quiet', '--short', 'HEAD')
  );
}

async function readManifest(top: string): Promise<{ name?: string; hasVersion: boolean } | undefined> {
  try {
    const { name, version } = JSON.parse(await readFile(join(top, 'package.json'), 'utf8')) as Record<string, unknown>;
    return { ...(typeof name === 'string' && { name }), hasVersion: typeof version === 'string' };
  } catch {
    return undefined;
  }
}

/** The folder with the most rollback scripts, not deeper than four levels. */
async function findMigrations(top: string): Promise<string | undefined> {
  const counts = new Map<string, number>();
  const walk = async (folder: string, depth: number): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (entry.isFile() && entry.name.endsWith('.up.sql')) counts.set(folder, (counts.get(folder) ?? 0) + 1);
      const isOurs = entry.isDirectory() && !entry.name.startsWith('.') && !strange.has(entry.name);
      if (isOurs && depth < 4) await walk(join(folder, entry.name), depth + 1);
    }
  };
  await walk(top, 0);
  const [most] = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return most && (relative(top, most[0]).replaceAll('\\', '/') || '.');
}

/** Folders that hold others' code. */
const strange = new Set(['node_modules', 'vendor', 'dist', 'build', 'target', 'venv']);

async function findDatabaseVariable(top: string): Promise<string | undefined> {
  for (const name of ['.env.example', '.env.sample', '.env.template', '.env.dist']) {
    if (!existsSync(join(top, name))) continue;
    const text = await readFile(join(top, name), 'utf8').catch(() => '');
    const names = [...text.matchAll(/^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)$/gm)];
    const byName = names.find(([, variable]) => /(^|_)(DATABASE|DB|POSTGRES|PG)_?(URL|URI|DSN)$/i.test(variable ?? ''));
    const byValue = names.find(([, , value]) => /^["']?postgres(ql)?:\/\//.test(value ?? ''));
    const found = byName ?? byValue;
    if (found) return found[1];
  }
  return undefined;
}
