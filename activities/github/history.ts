/** Commits as GitHub knows them: whole, whatever has been fetched. */
import type { Octokit } from '@octokit/rest';
import type { CommitFact } from '../../release/facts';
import { parseCommit } from '../../release/git-objects';
import { madeBetween } from '../repository/contributors';
import { gitHistory } from '../repository/history';
import { SHOWN, type CommitsBetween, type CommitText, type History } from '../repository/commit-history';
import type { Workspace } from '../repository/workspace';
import { failureError, type ApiFailure } from './api-failure';
import { withLogins } from './contributors';
import type { GitHubRepository } from './repository';

/** How two commits lie to each other, and the newest of those that the second has and the first has not. */
interface Comparison {
  readonly status: 'ahead' | 'behind' | 'identical' | 'diverged';
  readonly commits: CommitsBetween;
}

/**
 * The history that GitHub's API tells; what was told once is remembered with the workspace. What it cannot tell (it may
 * not be used, or a comparison is too much for it) is asked of the clone, as far as that has the commits.
 */
export function gitHubHistory(repository: GitHubRepository, workspace: Workspace): History {
  const clone = gitHistory(workspace);

  const history: History = {
    async isAncestor(ancestor, commit) {
      if (ancestor === commit) return true;
      const draft = draftOf(repository, commit);
      // It is not at GitHub yet: what it stands on is.
      if (draft) return anyAncestor(draft.parents, ancestor);
      const found = await compare(ancestor, commit, () => clone.isAncestor(ancestor, commit));
      return typeof found === 'object' ? found.status === 'ahead' || found.status === 'identical' : found;
    },
    readCommit: async (commit) =>
      draftOf(repository, commit) ??
      (await readText(repository, workspace, commit)) ??
      (await whereClosed([commit], () => clone.readCommit(commit))),
    findCommit: async (id) =>
      (await workspace.known(`github commit ${id}`, () => findCommit(repository, id))) ??
      (await whereClosed([], () => clone.findCommit(id))),
    async commitsBetween(from, commit) {
      if (from === commit) return none;
      if (from === null) {
        const all = await workspace.known(`github all of ${commit}`, () => readAll(repository, commit));
        return all ?? (await whereClosed([commit], () => clone.commitsBetween(null, commit))) ?? none;
      }
      const found = (await compare(from, commit, () => clone.commitsBetween(from, commit))) ?? none;
      if (!('status' in found)) return found;
      const shown = await workspace.known(`github requests ${from}...${commit}`, () =>
        withPullRequests(repository, found.commits.shown),
      );
      return { ...found.commits, shown: shown ?? found.commits.shown };
    },
    async contributorsBetween(from, commit) {
      const ends = from === null ? [commit] : [from, commit];
      // The clone has what was fetched, and knows everybody who made it; GitHub tells the rest.
      if (await workspace.has(ends)) return withLogins(repository, await madeBetween(workspace, from, commit));
      const { total, shown } = await history.commitsBetween(from, commit);
      const people = shown.map(({ author, email, login = '' }) => ({
        part: 'author' as const,
        name: author,
        email,
        login,
      }));
      const gaps = total > shown.length ? [`only the newest ${shown.length} of ${total} commits were read`] : [];
      return withLogins(repository, { ids: shown.map(({ id }) => id), contributors: { people, gaps } });
    },
    async hasCommits(ids) {
      const texts = await Promise.all([...new Set(ids)].map((id) => history.readCommit(id)));
      return texts.every((text) => text !== undefined);
    },
  };

  /** What GitHub says of two commits, else what the clone does; undefined = neither can tell. */
  async function compare<T>(
    base: string,
    head: string,
    ofClone: () => Promise<T>,
  ): Promise<Comparison | T | undefined> {
    const noted: { failure?: ApiFailure } = {};
    const found = await workspace.known(`github ${base}...${head}`, () =>
      readComparison(repository, base, head, noted),
    );
    if (found) return found;
    if (await workspace.has([base, head])) return ofClone();
    if (noted.failure?.kind === 'no answer') throw failureError(noted.failure, repository.shown);
    return undefined;
  }

  async function whereClosed<T>(needed: readonly string[], ask: () => Promise<T>): Promise<T | undefined> {
    return repository.closed !== undefined && (await workspace.has(needed)) ? ask() : undefined;
  }

  async function anyAncestor(parents: readonly string[], ancestor: string): Promise<boolean | undefined> {
    const found = await Promise.all(parents.map((parent) => history.isAncestor(ancestor, parent)));
    return found.includes(true) ? true : found.includes(undefined) ? undefined : false;
  }

  return history;
}

const none: CommitsBetween = { total: 0, shown: [] };

/**
 * What GitHub answers to a question; undefined = it has no answer to that, or may not be asked at all, which is noted
 * with the repository. Throws the error of the table for everything that can be otherwise the next time.
 */
async function told<T>(
  repository: GitHubRepository,
  question: (octokit: Octokit) => Promise<T>,
): Promise<T | undefined> {
  if (repository.closed !== undefined) return undefined;
  const outcome = await repository.ask(({ reading }) => question(reading));
  if ('value' in outcome) return outcome.value;
  return leaveOrThrow(repository, outcome.failure);
}

function leaveOrThrow(repository: GitHubRepository, failure: ApiFailure): undefined {
  if (failure.kind === 'closed') repository.closed = failure.detail;
  if (['closed', 'missing', 'refused'].includes(failure.kind)) return undefined;
  throw failureError(failure, repository.shown);
}

function draftOf(repository: GitHubRepository, id: string): CommitText | undefined {
  const draft = repository.drafts.get(id);
  return draft?.type === 'commit' ? parseCommit(draft.text) : undefined;
}

async function readComparison(
  repository: GitHubRepository,
  base: string,
  head: string,
  noted: { failure?: ApiFailure },
): Promise<Comparison | undefined> {
  if (repository.closed !== undefined) return undefined;
  const perPage = 100;
  const page = async (number: number) => {
    const outcome = await repository.ask(({ reading }) =>
      reading.rest.repos.compareCommitsWithBasehead({
        ...repository.parameters,
        basehead: `${base}...${head}`,
        per_page: perPage,
        page: number,
      }),
    );
    if ('value' in outcome) return outcome.value.data;
    noted.failure = outcome.failure;
    // A comparison that is too much for it is not answered either: the clone may be able to tell.
    return outcome.failure.kind === 'no answer' ? undefined : leaveOrThrow(repository, outcome.failure);
  };
  const first = await page(1);
  if (!first) return undefined;
  const last = Math.ceil(first.total_commits / perPage);
  // Oldest first, a page at a time: the newest are at the end.
  const pages = last > 1 ? [last > 2 ? await page(last - 1) : first, await page(last)] : [first];
  const newest = pages
    .flatMap((one) => one?.commits ?? [])
    .slice(-SHOWN)
    .reverse();
  const shown = newest.map(({ sha, commit, author }): CommitFact => ({
    id: sha,
    subject: commit.message.split('\n', 1)[0] ?? '',
    author: commit.author?.name ?? '',
    email: commit.author?.email ?? '',
    date: isoDate(commit.committer?.date),
    ...(author && 'login' in author && author.login ? { login: author.login } : {}),
  }));
  return { status: first.status, commits: { total: first.total_commits, shown } };
}

/** The pull requests by which commits came, all in one query; those that cannot be told are left out. */
async function withPullRequests(
  repository: GitHubRepository,
  commits: readonly CommitFact[],
): Promise<CommitFact[] | undefined> {
  if (commits.length === 0) return [];
  const { owner, repo, request } = repository.parameters;
  const fields = commits.map(
    ({ id }, index) =>
      `c${index}: object(oid: "${id}") { ... on Commit { associatedPullRequests(first: 1) { nodes { number title } } } }`,
  );
  const query = `query SlipwayPullRequests($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) { ${fields.join('\n')} }
}`;
  const outcome = await repository.ask(({ reading }) =>
    reading.graphql<{ repository: Record<string, PullRequests | null> | null }>(query, { owner, name: repo, request }),
  );
  // It is shown to people and decides nothing: a token without that right does not stop a release.
  if ('failure' in outcome) return undefined;
  return commits.map((commit, index) => {
    const number = outcome.value.repository?.[`c${index}`]?.associatedPullRequests?.nodes?.[0]?.number;
    return number === undefined ? commit : { ...commit, pullRequest: number };
  });
}

interface PullRequests {
  readonly associatedPullRequests?: { readonly nodes?: readonly ({ readonly number: number } | null)[] } | null;
}

interface HistoryNode {
  readonly oid: string;
  readonly messageHeadline: string;
  readonly committedDate: string;
  readonly author: {
    readonly name: string | null;
    readonly email: string | null;
    readonly user: { readonly login: string } | null;
  } | null;
}

/** Everything that a commit has behind it: for a first release. */
async function readAll(repository: GitHubRepository, commit: string): Promise<CommitsBetween | undefined> {
  const all = await told(repository, (octokit) => askForAll(octokit, repository, commit));
  if (!all) return undefined;
  const shown = all.nodes.map(factOf);
  return { total: all.totalCount, shown: (await withPullRequests(repository, shown)) ?? shown };
}

async function askForAll(octokit: Octokit, repository: GitHubRepository, commit: string) {
  const { owner, repo, request } = repository.parameters;
  const query = `query SlipwayHistory($owner: String!, $name: String!, $oid: GitObjectID!, $first: Int!) {
  repository(owner: $owner, name: $name) { object(oid: $oid) { ... on Commit { history(first: $first) {
    totalCount
    nodes { oid messageHeadline committedDate author { name email user { login } } }
  } } } }
}`;
  type Answer = {
    repository: { object: { history?: { totalCount: number; nodes: HistoryNode[] } } | null } | null;
  };
  const variables = { owner, name: repo, oid: commit, first: SHOWN, request };
  return (await octokit.graphql<Answer>(query, variables)).repository?.object?.history;
}

function factOf({ oid, messageHeadline, committedDate, author }: HistoryNode): CommitFact {
  return {
    id: oid,
    subject: messageHeadline,
    author: author?.name ?? '',
    email: author?.email ?? '',
    date: isoDate(committedDate),
    ...(author?.user?.login && { login: author.user.login }),
  };
}

function readText(repository: GitHubRepository, workspace: Workspace, commit: string): Promise<CommitText | undefined> {
  if (!/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(commit)) return Promise.resolve(undefined);
  return workspace.known(`github text of ${commit}`, async () => {
    const found = await told(repository, (octokit) =>
      octokit.rest.git.getCommit({ ...repository.parameters, commit_sha: commit }),
    );
    if (!found) return undefined;
    const { tree, parents, message } = found.data;
    const head = [`tree ${tree.sha}`, ...parents.map(({ sha }) => `parent ${sha}`)].join('\n');
    return parseCommit(`${head}\n\n${message}`);
  });
}

/** The commit that the beginning of an id names: GitHub says which, if it is the only one. */
async function findCommit(repository: GitHubRepository, id: string): Promise<string | undefined> {
  const found = await told(repository, (octokit) =>
    octokit.rest.repos.getCommit({ ...repository.parameters, ref: id, per_page: 1 }),
  );
  if (!found) return undefined;
  const { sha } = found.data;
  // A branch or a tag may have a name that looks like an id.
  return sha.startsWith(id) ? sha : undefined;
}

const isoDate = (date: string | undefined): string => (date ? new Date(date).toISOString() : '');
