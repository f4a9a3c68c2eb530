import { SlipwayError } from '../../release/errors';
import { REMOTE, remoteError } from './git';
import type { Workspace } from './workspace';

/** A file at a commit. */
export interface RepositoryFile {
  /** From the repository's root, with `/`. */
  readonly path: string;
  readonly content: Buffer;
}

/** Bytes of a folder's files that are worth remembering for the next look. */
const rememberedSize = 256 * 1024;

/**
 * The files directly in `folder` at `commit`, sorted by name: byte for byte, symbolic links and sub-folders left out.
 * A folder that is not there has none. Throws REMOTE_UNREACHABLE or REMOTE_DENIED if they must be fetched and cannot.
 */
export async function readFolder(workspace: Workspace, commit: string, folder: string): Promise<RepositoryFile[]> {
  const clean = folder.replace(/^(\.?\/)+/, '').replace(/\/+$/, '');
  const where = clean === '' || clean === '.' ? [] : [`${clean}/`];
  let files: RepositoryFile[] = [];
  const remembered = await workspace.known(`files of ${commit} in ${clean}`, async () => {
    files = await readListed(workspace, commit, where);
    const size = files.reduce((bytes, { content }) => bytes + content.length, 0);
    return size <= rememberedSize ? files : undefined;
  });
  return remembered ?? files;
}

async function readListed(workspace: Workspace, commit: string, where: readonly string[]): Promise<RepositoryFile[]> {
  const listed = await workspace.remote(['ls-tree', '-z', commit, '--', ...where]);
  if (listed.code !== 0) throw remoteError(workspace.url, listed);
  const entries = listed.stdout.split('\0').flatMap((line) => {
    const match = /^100(?:644|755) blob ([0-9a-f]+)\t(.*)$/s.exec(line);
    return match ? [{ id: match[1] ?? '', path: match[2] ?? '' }] : [];
  });
  const contents = await readBlobs(
    workspace,
    entries.map(({ id }) => id),
  );
  return entries.map(({ id, path }) => ({ path, content: contents.get(id) ?? Buffer.alloc(0) }));
}

/** The file at `path` in `commit`, or undefined. */
export async function readFile(workspace: Workspace, commit: string, path: string): Promise<Buffer | undefined> {
  const listed = await workspace.remote(['ls-tree', '-z', commit, '--', path]);
  if (listed.code !== 0) throw remoteError(workspace.url, listed);
  const id = /^100(?:644|755) blob ([0-9a-f]+)\t/.exec(listed.stdout)?.[1];
  return id === undefined ? undefined : (await readBlobs(workspace, [id])).get(id);
}

/** Contents by object id; all of those that are not here are fetched at once. */
export async function readBlobs(workspace: Workspace, ids: readonly string[]): Promise<Map<string, Buffer>> {
  const unique = [...new Set(ids)];
  if (unique.length === 0) return new Map();
  await fetchObjects(workspace, unique);
  const read = await workspace.remote(['cat-file', '--batch'], { input: unique.map((id) => `${id}\n`).join('') });
  if (read.code !== 0) throw remoteError(workspace.url, read);
  if (read.truncated) throw new SlipwayError('INTERNAL', { detail: 'the files to read are more than 64 MiB' });
  return parseBatch(read.bytes);
}

/** As git itself does when an object is missing, but for all in one request instead of one for each. */
async function fetchObjects(workspace: Workspace, ids: readonly string[]): Promise<void> {
  if (ids.length < 2 || (await workspace.has(ids))) return;
  const args = ['-c', 'fetch.negotiationAlgorithm=noop', 'fetch', '--quiet', '--no-tags', '--no-write-fetch-head'];
  const input = ids.map((id) => `${id}\n`).join('');
  // A server that forbids it sends them one by one when they are read.
  await workspace.remote([...args, '--filter=blob:none', '--stdin', REMOTE], { input });
}

/** The answers of `git cat-file --batch`: `<id> <type> <size>`, a newline, the bytes, a newline. */
function parseBatch(bytes: Buffer): Map<string, Buffer> {
  const contents = new Map<string, Buffer>();
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(10, at);
    const [id = '', type = '', size = ''] = bytes.subarray(at, end).toString().split(' ');
    if (type !== 'blob') throw new SlipwayError('INTERNAL', { detail: `git cat-file: ${id} is ${type || 'missing'}` });
    contents.set(id, bytes.subarray(end + 1, end + 1 + Number(size)));
    at = end + 1 + Number(size) + 1;
  }
  return contents;
}
