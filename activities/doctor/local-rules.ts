import { access, constants } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fail, pass, warn, type Look } from '../../release/doctor';
import { runProgram } from '../process/run-program';
import { wayBackName } from './push-acts';
import type { Ground } from './ground';

/** Hooks that can refuse a push. */
const refusing = ['pre-receive', 'update', 'proc-receive', 'reference-transaction'];

/** The rules of a repository in a folder of this host, read from its own files; undefined = it is elsewhere. */
export async function localRules(ground: Ground, environment: string): Promise<Look[] | undefined> {
  const folder = gitFolder(ground.workspace.url);
  if (folder === undefined) return undefined;
  const looks = [...(await byConfiguration(ground, folder)), ...(await byHooks(ground, folder, environment))];
  if (looks.length > 0) return looks;
  return [pass(`${ground.name}: rules`, 'neither its configuration nor a hook forbids a move or its undo')];
}

/** What the configuration of a repository in a folder of this host forbids; nothing where it is elsewhere. */
export async function configuredRules(ground: Ground): Promise<Look[]> {
  const folder = gitFolder(ground.workspace.url);
  return folder === undefined ? [] : byConfiguration(ground, folder);
}

async function byConfiguration({ services }: Ground, folder: string): Promise<Look[]> {
  const forced = services.filter(({ pointer }) => pointer.kind === 'branch' && pointer.undo.by === 'force');
  if (forced.length === 0 || (await setting(folder, 'receive.denyNonFastForwards')) !== 'true') return [];
  return forced.map(({ name, pointer }) =>
    fail(
      wayBackName(name, pointer.name),
      'receive.denyNonFastForwards is on: the remote takes the move, and would refuse its undo',
      'Set it to false there, or write `undo: revert` for this branch.',
      'deny-non-fast-forwards',
    ),
  );
}

async function byHooks({ name }: Ground, folder: string, environment: string): Promise<Look[]> {
  const hooks = (await setting(folder, 'core.hooksPath', 'path')) ?? join(folder, 'hooks');
  const found = await Promise.allSettled(refusing.map((hook) => access(join(hooks, hook), constants.X_OK)));
  const there = refusing.filter((_, index) => found[index]?.status === 'fulfilled');
  if (there.length === 0) return [];
  return [
    warn(
      `${name}: rules`,
      `hooks may refuse a move or its undo: ${there.join(', ')}; a dry run does not ask them`,
      `slipway doctor ${environment} --rehearse`,
      'push-hooks',
    ),
  ];
}

/** A value of the repository's own configuration; undefined = it is not set. */
async function setting(folder: string, name: string, type = 'bool'): Promise<string | undefined> {
  const argv = ['git', 'config', '--file', join(folder, 'config'), `--type=${type}`, '--get', name];
  const { code, stdout } = await runProgram({ argv, deadline: 10_000 });
  return code === 0 ? stdout.trim() : undefined;
}

function gitFolder(url: string): string | undefined {
  const path = url.startsWith('file://') ? fileURLToPath(url) : url;
  if (!path.startsWith('/')) return undefined;
  return [path, join(path, '.git'), `${path}.git`].find((folder) => existsSync(join(folder, 'objects')));
}
