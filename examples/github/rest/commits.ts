/** Commits, trees and comparisons over REST. */
import { Refusal, invalid, notFound, ok } from '../answers';
import { page, type RepositoryOperation } from '../call-context';
import { gitLines, readCommit, readObject, runGit, type CommitData } from '../git-objects';
import { resolveCommit } from '../revisions';
import { nodeId, type Repository, type World } from '../world';
import { html, repoApi } from './addresses';
import { changedFiles } from './changed-files';
import { simpleUser } from './people';
import { unsigned } from './refs';

const read = ['contents', 'read'] as const;

export const commitOperations: Record<string, RepositoryOperation> = {
  'repos/get-commit': {
    needs: read,
    run: async (context) => {
      const { world, repository, params } = context;
      const name = params['ref'] ?? '';
      const commit = await resolveCommit(repository, await context.refs.seen(repository), name);
      if (!commit)
        throw /^[0-9a-f]{40}$/.test(name)
          ? invalid(`No commit found for SHA: ${name}`)
          : invalid(`No commit found for the ref ${name}`);
      const parent = commit.parents[0] ?? emptyTree;
      const files = await changedFiles(world, repository, parent, commit.oid);
      const additions = files.reduce((sum, file) => sum + file.additions, 0);
      const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
      const stats = { additions, deletions, total: additions + deletions };
      return ok({ ...commitBody(world, repository, commit), stats, files });
    },
  },
  'repos/list-commits': {
    needs: read,
    run: async (context) => {
      const { world, repository, query } = context;
      const head = await resolveCommit(repository, await context.refs.seen(repository), query.get('sha') ?? '');
      if (!head) throw notFound();
      const path = query.get('path');
      const limits = ['since', 'until'].flatMap((name) => (query.has(name) ? [`--${name}=${query.get(name)}`] : []));
      const ids = await gitLines(repository.folder, ['rev-list', ...limits, head.oid, '--', ...(path ? [path] : [])]);
      const { items, headers } = page(context, `/repos/${repository.owner}/${repository.name}/commits`, ids);
      return { status: 200, body: await commitBodies(world, repository, items), headers };
    },
  },
  'repos/compare-commits-with-basehead': {
    needs: read,
    run: async (context) => {
      const { world, repository, params, refs } = context;
      const [baseName, headName] = (params['basehead'] ?? '').split('...');
      if (!baseName || !headName) throw notFound();
      const seen = await refs.seen(repository);
      const base = await resolveCommit(repository, seen, withoutOwner(baseName));
      const head = await resolveCommit(repository, seen, withoutOwner(headName));
      if (!base || !head) throw notFound();
      const { code, out } = await runGit(repository.folder, ['merge-base', base.oid, head.oid]);
      if (code !== 0) throw new Refusal(404, `No common ancestor between ${baseName} and ${headName}.`);
      const mergeBase = await readCommit(repository.folder, out.toString().split('\n')[0] ?? '');
      if (!mergeBase) throw notFound();
      const ahead = await gitLines(repository.folder, ['rev-list', '--reverse', `${base.oid}..${head.oid}`]);
      const behind = await gitLines(repository.folder, ['rev-list', `${head.oid}..${base.oid}`]);
      const status =
        ahead.length === 0
          ? behind.length === 0
            ? 'identical'
            : 'behind'
          : behind.length === 0
            ? 'ahead'
            : 'diverged';
      const paged = page(context, `/repos/${repository.owner}/${repository.name}/compare/${params['basehead']}`, ahead);
      // Without paging GitHub gives the newest 250.
      const ids = query250(context.query) ? ahead.slice(-250) : paged.items;
      const path = `/compare/${params['basehead']}`;
      const first = Number(context.query.get('page') ?? 1) === 1;
      return {
        status: 200,
        headers: query250(context.query) ? {} : paged.headers,
        body: {
          url: repoApi(world, repository, path),
          html_url: html(world, repository, path),
          permalink_url: html(world, repository, `/compare/${base.oid}...${head.oid}`),
          diff_url: html(world, repository, `${path}.diff`),
          patch_url: html(world, repository, `${path}.patch`),
          base_commit: commitBody(world, repository, base),
          merge_base_commit: commitBody(world, repository, mergeBase),
          status,
          ahead_by: ahead.length,
          behind_by: behind.length,
          total_commits: ahead.length,
          commits: await commitBodies(world, repository, ids),
          ...(first ? { files: await changedFiles(world, repository, mergeBase.oid, head.oid) } : {}),
        },
      };
    },
  },
  'git/get-commit': {
    needs: read,
    run: async ({ world, repository, params }) => {
      const object = await readObject(repository.folder, params['commit_sha'] ?? '');
      const commit = object?.type === 'commit' ? await readCommit(repository.folder, object.oid) : null;
      if (!commit) throw notFound();
      return ok(gitCommitBody(world, repository, commit));
    },
  },
};

const query250 = (query: URLSearchParams): boolean => !query.has('page') && !query.has('per_page');
/** `owner:branch`, of forks, which there are none of. */
const withoutOwner = (name: string): string => name.slice(name.indexOf(':') + 1);
const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

async function commitBodies(world: World, repository: Repository, ids: readonly string[]) {
  const bodies = [];
  for (const id of ids) {
    const commit = await readCommit(repository.folder, id);
    if (commit) bodies.push(commitBody(world, repository, commit));
  }
  return bodies;
}

/** A `commit`: authors are people of GitHub where their address is one's. */
export function commitBody(world: World, repository: Repository, commit: CommitData) {
  const url = repoApi(world, repository, `/commits/${commit.oid}`);
  const author = world.userByEmail(commit.author.email);
  const committer = world.userByEmail(commit.committer.email);
  return {
    sha: commit.oid,
    node_id: nodeId('C', repository.id, commit.oid),
    commit: {
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      tree: { sha: commit.tree, url: repoApi(world, repository, `/git/trees/${commit.tree}`) },
      url: repoApi(world, repository, `/git/commits/${commit.oid}`),
      comment_count: 0,
      verification: unsigned,
    },
    url,
    html_url: html(world, repository, `/commit/${commit.oid}`),
    comments_url: `${url}/comments`,
    author: author ? simpleUser(world, author) : null,
    committer: committer ? simpleUser(world, committer) : null,
    parents: parentBodies(world, repository, commit, 'commits'),
  };
}

/** A `git-commit`: the object as git has it. */
export function gitCommitBody(world: World, repository: Repository, commit: CommitData) {
  return {
    sha: commit.oid,
    node_id: nodeId('C', repository.id, commit.oid),
    url: repoApi(world, repository, `/git/commits/${commit.oid}`),
    html_url: html(world, repository, `/commit/${commit.oid}`),
    author: commit.author,
    committer: commit.committer,
    tree: { sha: commit.tree, url: repoApi(world, repository, `/git/trees/${commit.tree}`) },
    message: commit.message,
    parents: parentBodies(world, repository, commit, 'git/commits'),
    verification: unsigned,
  };
}

function parentBodies(world: World, repository: Repository, commit: CommitData, path: string) {
  return commit.parents.map((sha) => ({
    sha,
    url: repoApi(world, repository, `/${path}/${sha}`),
    html_url: html(world, repository, `/commit/${sha}`),
  }));
}
