/** Commits as GitHub knows them: whole, whatever has been fetched. */
import type { CommitFact } from '../../release/facts';
import { parseCommit } from '../../release/git-objects';
import { SHOWN, type CommitsBetween, type CommitText, type History } from '../repository/history';
import type { Workspace } from '../repository/workspace';
import { failureError } from './api-failure';
import type { GitHubRepository } from './repository';

/** How two commits lie to each other, and the newest of those that the second has and the first has not. */
interface Comparison {
  readonly status: 'ahead' | 'behind' | 'identical' | 'diverged';
  readonly commits: CommitsBetween;
}

/** The history that GitHub's API tells; what was told once is remembered with the workspace. */
export function gitHubHistory(repository: GitHubRepository, workspace: Workspace): History {
  const compare = (base: string, head: string) =>
    workspace.known(`github ${base}...${head}`, () => readComparison(repository, base, head));

  const history: History = {
    async isAncestor(ancestor, commit) {
      if (ancestor === commit) return true;
      const draft = draftOf(repository, commit);
      // It is not at GitHub yet: what it stands on is.
      if (draft) return anyAncestor(draft.parents, ancestor);
      const found = await compare(ancestor, commit);
      return found && (found.status === 'ahead' || found.status === 'identical');
    },
    readCommit: async (commit) => draftOf(repository, commit) ?? (await readText(repository, workspace, commit)),
    findCommit: (id) => workspace.known(`github commit ${id}`, () => findCommit(repository, id)),
    async commitsBetween(from, commit) {
      if (from === null)
        return (await workspace.known(`github all of ${commit}`, () => readAll(repository, commit))) ?? none;
      if (from === commit) return none;
      return (await compare(from, commit))?.commits ?? none;
    },
    async hasCommits(ids) {
      const texts = await Promise.all([...new Set(ids)].map((id) => history.readCommit(id)));
      return texts.every((text) => text !== undefined);
    },
  };

  async function anyAncestor(parents: readonly string[], ancestor: string): Promise<boolean | undefined> {
    const found = await Promise.all(parents.map((parent) => history.isAncestor(ancestor, parent)));
    return found.includes(true) ? true : found.includes(undefined) ? undefined : false;
  }

  return history;
}

const none: CommitsBetween = { total: 0, shown: [] };

function draftOf(repository: GitHubRepository, id: string): CommitText | undefined {
  const draft = repository.drafts.get(id);
  return draft?.type === 'commit' ? parseCommit(draft.text) : undefined;
}

async function readComparison(
  repository: GitHubRepository,
  base: string,
  head: string,
): Promise<Comparison | undefined> {
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
    // One of them is not there.
    if (outcome.failure.kind === 'missing' || outcome.failure.kind === 'refused') return undefined;
    throw failureError(outcome.failure, repository.shown);
  };
  const first = await page(1);
  if (!first) return undefined;
  const last = Math.ceil(first.total_commits / perPage);
  // Oldest first, a page at a time: the newest are at the end.
  const pages = last > 1 ? [await page(last - 1), await page(last)] : [first];
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
  return {
    status: first.status,
    commits: { total: first.total_commits, shown: await withPullRequests(repository, shown) },
  };
}

/** The pull requests by which commits came, all in one query; those that cannot be told are left out. */
async function withPullRequests(repository: GitHubRepository, commits: readonly CommitFact[]): Promise<CommitFact[]> {
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
  if ('failure' in outcome) return [...commits];
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
  readonly associatedPullRequests: { readonly nodes: readonly ({ readonly number: number } | null)[] | null } | null;
}

/** Everything that a commit has behind it: for a first release. */
async function readAll(repository: GitHubRepository, commit: string): Promise<CommitsBetween | undefined> {
  const { owner, repo, request } = repository.parameters;
  const query = `query SlipwayHistory($owner: String!, $name: String!, $oid: GitObjectID!, $first: Int!) {
  repository(owner: $owner, name: $name) { object(oid: $oid) { ... on Commit { history(first: $first) {
    totalCount
    nodes {
      oid messageHeadline committedDate
      author { name email user { login } }
      associatedPullRequests(first: 1) { nodes { number } }
    }
  } } } }
}`;
  type Answer = {
    repository: { object: { history?: { totalCount: number; nodes: HistoryNode[] } } | null } | null;
  };
  const answer = await repository.read((octokit) =>
    octokit.graphql<Answer>(query, { owner, name: repo, oid: commit, first: SHOWN, request }),
  );
  const found = answer.repository?.object?.history;
  return found && { total: found.totalCount, shown: found.nodes.map(factOf) };
}

function factOf({ oid, messageHeadline, committedDate, author, associatedPullRequests }: HistoryNode): CommitFact {
  const pullRequest = associatedPullRequests?.nodes?.[0]?.number;
  return {
    id: oid,
    subject: messageHeadline,
    author: author?.name ?? '',
    email: author?.email ?? '',
    date: isoDate(committedDate),
    ...(author?.user?.login && { login: author.user.login }),
    ...(pullRequest !== undefined && { pullRequest }),
  };
}

function readText(repository: GitHubRepository, workspace: Workspace, commit: string): Promise<CommitText | undefined> {
  if (!/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(commit)) return Promise.resolve(undefined);
  return workspace.known(`github text of ${commit}`, async () => {
    const outcome = await repository.ask(({ reading }) =>
      reading.rest.git.getCommit({ ...repository.parameters, commit_sha: commit }),
    );
    if ('failure' in outcome) {
      if (outcome.failure.kind === 'missing' || outcome.failure.kind === 'refused') return undefined;
      throw failureError(outcome.failure, repository.shown);
    }
    const { tree, parents, message } = outcome.value.data;
    const head = [`tree ${tree.sha}`, ...parents.map(({ sha }) => `parent ${sha}`)].join('\n');
    return parseCommit(`${head}\n\n${message}`);
  });
}

/** The commit that the beginning of an id names: GitHub says which, if it is the only one. */
async function findCommit(repository: GitHubRepository, id: string): Promise<string | undefined> {
  const outcome = await repository.ask(({ reading }) =>
    reading.rest.repos.getCommit({ ...repository.parameters, ref: id, per_page: 1 }),
  );
  if ('failure' in outcome) {
    if (outcome.failure.kind === 'missing' || outcome.failure.kind === 'refused') return undefined;
    throw failureError(outcome.failure, repository.shown);
  }
  const { sha } = outcome.value.data;
  // A branch or a tag may have a name that looks like an id.
  return sha.startsWith(id) ? sha : undefined;
}

const isoDate = (date: string | undefined): string => (date ? new Date(date).toISOString() : '');
