/** Files and folders of a commit over REST. */
import { notFound, ok } from '../answers';
import type { RepositoryContext, RepositoryOperation } from '../call-context';
import { readObject, runGit } from '../git-objects';
import { resolveCommit } from '../revisions';
import { html, repoApi } from './addresses';

export const contentOperations: Record<string, RepositoryOperation> = {
  'repos/get-content': {
    needs: ['contents', 'read'],
    run: async (context) => {
      const { repository, params, query, refs } = context;
      const name = query.get('ref') ?? '';
      const commit = await resolveCommit(repository, await refs.seen(repository), name);
      if (!commit) throw notFound();
      const path = (params['path'] ?? '').replace(/^\/+|\/+$/g, '');
      const object = await readObject(repository.folder, `${commit.oid}:${path}`);
      if (!object) throw notFound();
      if (object.type === 'tree') return ok(await folderBody(context, commit.oid, path));
      const raw = /vnd\.github(\.v3)?\.raw/.test(context.accept);
      if (raw) return { status: 200, body: object.body, headers: { 'content-type': 'application/vnd.github.raw' } };
      const text = object.body.toString('base64').replace(/(.{60})/g, '$1\n');
      const entry = entryBody(context, commit.oid, path, 'file', object.oid, object.body.length);
      return ok({
        ...entry,
        content: object.body.length > 1024 * 1024 ? '' : text,
        encoding: object.body.length > 1024 * 1024 ? 'none' : 'base64',
      });
    },
  },
  'git/get-tree': {
    needs: ['contents', 'read'],
    run: async ({ world, repository, params, query, refs }) => {
      const sha = params['tree_sha'] ?? '';
      const commit = await resolveCommit(repository, await refs.seen(repository), sha);
      const tree = await readObject(repository.folder, commit?.tree ?? sha);
      if (tree?.type !== 'tree') throw notFound();
      const lines = await listTree(repository.folder, tree.oid, query.has('recursive') ? ['-r', '-t'] : []);
      return ok({
        sha: tree.oid,
        url: repoApi(world, repository, `/git/trees/${tree.oid}`),
        truncated: false,
        tree: lines.map(({ mode, type, oid, size, path }) => ({
          path,
          mode,
          type,
          sha: oid,
          ...(type === 'blob' ? { size } : {}),
          url: repoApi(world, repository, `/git/${type === 'tree' ? 'trees' : 'blobs'}/${oid}`),
        })),
      });
    },
  },
};

async function folderBody(context: RepositoryContext, commit: string, path: string) {
  const lines = await listTree(context.repository.folder, path ? `${commit}:${path}` : commit, []);
  return lines.map(({ type, oid, size, path: name }) =>
    entryBody(context, commit, path ? `${path}/${name}` : name, type === 'tree' ? 'dir' : 'file', oid, size),
  );
}

function entryBody(
  { world, repository }: RepositoryContext,
  commit: string,
  path: string,
  type: 'file' | 'dir',
  sha: string,
  size: number,
) {
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  const url = repoApi(world, repository, `/contents/${encoded}?ref=${commit}`);
  const git = repoApi(world, repository, `/git/${type === 'dir' ? 'trees' : 'blobs'}/${sha}`);
  const web = html(world, repository, `/${type === 'dir' ? 'tree' : 'blob'}/${commit}/${encoded}`);
  return {
    type,
    name: path.split('/').at(-1) ?? '',
    path,
    sha,
    size,
    url,
    git_url: git,
    html_url: web,
    download_url: type === 'dir' ? null : html(world, repository, `/raw/${commit}/${encoded}`),
    _links: { self: url, git, html: web },
  };
}

async function listTree(folder: string, tree: string, args: readonly string[]) {
  const { out } = await runGit(folder, ['ls-tree', '-z', '--long', ...args, tree]);
  return out
    .toString()
    .split('\0')
    .filter(Boolean)
    .map((line) => {
      const [head = '', path = ''] = line.split('\t');
      const [mode = '', type = '', oid = '', size = '0'] = head.split(/ +/);
      return { mode, type, oid, size: Number(size) || 0, path };
    });
}
