import { existsSync, readFileSync } from 'node:fs';
import { appendFile, chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git } from './git';

/** One ref that a push has changed. */
export interface RefUpdate {
  readonly ref: string;
  /** Object ids; null = the ref was, or is, not there. An annotated tag's is the tag's own, not its commit's. */
  readonly from: string | null;
  readonly to: string | null;
}

/** The file in a remote that its hook writes each changed ref to. */
export const pushesLog = (repository: string): string => join(repository, 'pushes.log');

/**
 * Makes a bare repository as hosts keep them: its default branch is main, it serves partial clones, and every ref that
 * a push changes, by whatever transport, is written to its log.
 */
export async function makeRemote(repository: string): Promise<void> {
  await mkdir(repository, { recursive: true });
  await git(['init', '--quiet', '--bare', '--initial-branch=main', '.'], { folder: repository });
  await appendFile(join(repository, 'config'), settings);
  await writeFile(pushesLog(repository), '');
  await writeHook(repository);
}

/** Packed refs would be reported twice to the hook, and nothing here lives long enough to need collecting. */
const settings = `[uploadpack]
\tallowFilter = true
\tallowAnySHA1InWant = true
[http]
\treceivepack = true
[gc]
\tauto = 0
[receive]
\tautogc = false
`;

/** Every ref update that the remote has ever received, oldest first. */
export function refUpdates(repository: string): RefUpdate[] {
  const log = pushesLog(repository);
  return existsSync(log) ? parseRefUpdates(readFileSync(log, 'utf8')) : [];
}

/** The updates in whole lines of the log. */
export function parseRefUpdates(text: string): RefUpdate[] {
  return text.split('\n').flatMap((line) => {
    const [, from, to, ref] = /^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) (refs\/\S+)$/.exec(line) ?? [];
    if (!from || !to || !ref) return [];
    return [{ ref, from: objectOrNone(from), to: objectOrNone(to) }];
  });
}

/** Full ref name → object id, of every ref in the remote. */
export async function refsOf(repository: string): Promise<Record<string, string>> {
  const list = await git(['for-each-ref', '--format=%(refname) %(objectname)'], { folder: repository });
  const pairs = list.split('\n').filter(Boolean);
  return Object.fromEntries(pairs.map((line) => line.split(' ') as [string, string]));
}

/**
 * Not post-receive: that one is never run when the pushing client dies after the refs have changed, and the host would
 * not learn of a move that did happen. This one is part of the change itself.
 */
async function writeHook(repository: string): Promise<void> {
  const hook = join(repository, 'hooks', 'reference-transaction');
  await mkdir(join(repository, 'hooks'), { recursive: true });
  await writeFile(hook, `#!/bin/sh\nif [ "$1" = committed ]; then cat >> pushes.log; else cat > /dev/null; fi\n`);
  await chmod(hook, 0o755);
}

const objectOrNone = (id: string): string | null => (/^0+$/.test(id) ? null : id);
