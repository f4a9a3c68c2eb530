/** Reads the objects of a hosted repository with git's own programs. */
import { spawn } from 'node:child_process';
import { gitEnvironment } from '../shop/git';

/** How a git command ended. */
export interface GitResult {
  readonly code: number | null;
  readonly out: Buffer;
  readonly problem: string;
}

/** An object as it is stored. */
export interface GitObject {
  readonly oid: string;
  readonly type: 'commit' | 'tag' | 'tree' | 'blob';
  readonly body: Buffer;
}

/** A person and a moment, as commits and tags name them; `date` is ISO 8601 in UTC. */
export interface Signature {
  readonly name: string;
  readonly email: string;
  readonly date: string;
}

/** A commit, taken apart. */
export interface CommitData {
  readonly oid: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
}

/** An annotated tag, taken apart. */
export interface TagData {
  readonly oid: string;
  readonly object: string;
  readonly type: string;
  readonly name: string;
  readonly tagger: Signature;
  readonly message: string;
}

/** Runs git in a bare repository and reports how it ended, whatever its exit code. */
export function runGit(folder: string, args: readonly string[], input: string | Buffer = ''): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, { env: gitEnvironment(), cwd: folder, stdio: 'pipe' });
    const out: Buffer[] = [];
    const problems: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => problems.push(chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({ code, out: Buffer.concat(out), problem: Buffer.concat(problems).toString().trim() }),
    );
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/** The lines that a git command prints. Fails with what git said. */
export async function gitLines(folder: string, args: readonly string[], input?: string): Promise<string[]> {
  const { code, out, problem } = await runGit(folder, args, input);
  if (code !== 0) throw new Error(`git ${args.join(' ')}: ${problem}`);
  return out.toString().split('\n').filter(Boolean);
}

/** An object by its name in git's language (an id, `id:path`, `id^{commit}`), or null if there is none. */
export async function readObject(folder: string, name: string): Promise<GitObject | null> {
  if (name.includes('\n')) return null;
  const { out } = await runGit(folder, ['cat-file', '--batch'], `${name}\n`);
  const end = out.indexOf('\n');
  const [oid, type, size] = out.subarray(0, end).toString().split(' ');
  if (!oid || !size || !/^\d+$/.test(size)) return null;
  return { oid, type: type as GitObject['type'], body: out.subarray(end + 1, end + 1 + Number(size)) };
}

/** The commit that a name leads to, through tags, or null. */
export async function readCommit(folder: string, name: string): Promise<CommitData | null> {
  const object = await readObject(folder, `${name}^{commit}`);
  return object ? parseCommit(object) : null;
}

/** The tag object of exactly this id, or null. */
export async function readTag(folder: string, oid: string): Promise<TagData | null> {
  const object = await readObject(folder, oid);
  return object?.type === 'tag' ? parseTag(object) : null;
}

/** Whether one commit can be reached from another, itself included; false also when one of them is no commit. */
export async function isAncestor(folder: string, older: string, newer: string): Promise<boolean> {
  return (await runGit(folder, ['merge-base', '--is-ancestor', older, newer])).code === 0;
}

export function parseCommit({ oid, body }: GitObject): CommitData {
  const { headers, message } = takeApart(body);
  const one = (name: string) => headers.find(([key]) => key === name)?.[1] ?? '';
  return {
    oid,
    tree: one('tree'),
    parents: headers.filter(([key]) => key === 'parent').map(([, value]) => value),
    author: parseSignature(one('author')),
    committer: parseSignature(one('committer')),
    message,
  };
}

export function parseTag({ oid, body }: GitObject): TagData {
  const { headers, message } = takeApart(body);
  const one = (name: string) => headers.find(([key]) => key === name)?.[1] ?? '';
  return {
    oid,
    object: one('object'),
    type: one('type'),
    name: one('tag'),
    tagger: parseSignature(one('tagger')),
    message,
  };
}

function takeApart(body: Buffer): { headers: [string, string][]; message: string } {
  const text = body.toString();
  const end = text.indexOf('\n\n');
  const headers = text
    .slice(0, end < 0 ? undefined : end)
    .split('\n')
    .map((line): [string, string] => [line.split(' ', 1)[0] ?? '', line.slice(line.indexOf(' ') + 1)]);
  return { headers, message: end < 0 ? '' : text.slice(end + 2).replace(/\n+$/, '') };
}

function parseSignature(text: string): Signature {
  const [, name = '', email = '', seconds = '0'] = /^(.*?) ?<(.*)> (\d+) [-+]\d{4}$/.exec(text) ?? [];
  return { name, email, date: new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z') };
}
