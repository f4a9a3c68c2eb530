import { allContributors, type Contributor, type Contributors } from '../../release/contributors';
import { bounded, type MadeCommits } from '../repository/contributors';
import type { GitHubRepository } from './repository';

/** Commits that GitHub is asked about in one query, and at all. */
const IN_ONE = 50;
const ASKED = 500;

/**
 * Adds what only GitHub knows of commits: logins of their authors, and who opened and merged the pull requests by which
 * they came. What it does not tell is said as a gap: a token without that right does not stop a release.
 */
export async function withLogins(
  repository: GitHubRepository,
  { ids, contributors }: MadeCommits,
): Promise<Contributors> {
  if (ids.length === 0) return contributors;
  const asked = ids.slice(0, ASKED);
  const gaps = ids.length > ASKED ? [`pull requests of only the newest ${ASKED} commits were asked for`] : [];
  const found: Contributors[] = [];
  for (let at = 0; at < asked.length; at += IN_ONE) found.push(await ask(repository, asked.slice(at, at + IN_ONE)));
  return bounded(allContributors([contributors, ...found, { people: [], gaps }]));
}

async function ask(repository: GitHubRepository, ids: readonly string[]): Promise<Contributors> {
  if (repository.closed !== undefined) return nothing(`GitHub is closed to us (${repository.closed})`);
  const { owner, repo, request } = repository.parameters;
  const fields = ids.map(
    (id, index) => `c${index}: object(oid: "${id}") { ... on Commit {
      authors(first: 20) { totalCount nodes { name email user { login } } }
      associatedPullRequests(first: 5) { totalCount nodes { merged author { login } mergedBy { login } } }
    } }`,
  );
  const query = `query SlipwayContributors($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) { ${fields.join('\n')} }
}`;
  const outcome = await repository.ask(({ reading }) =>
    reading.graphql<{ repository: Record<string, CommitNode | null> | null }>(query, { owner, name: repo, request }),
  );
  if ('failure' in outcome) return nothing(`GitHub did not tell of pull requests: ${outcome.failure.detail}`);
  const nodes = ids.map((_, index) => outcome.value.repository?.[`c${index}`] ?? null);
  return allContributors(
    nodes.map((node) => (node ? partsIn(node) : nothing('GitHub does not know all of the commits'))),
  );
}

const nothing = (gap: string): Contributors => ({ people: [], gaps: [gap] });

function partsIn({ authors, associatedPullRequests: requests }: CommitNode): Contributors {
  const gaps: string[] = [];
  if (authors && authors.totalCount > authors.nodes.length) gaps.push('a commit has more authors than were asked for');
  if (requests && requests.totalCount > requests.nodes.length)
    gaps.push('a commit came by more pull requests than were asked for');
  const makers = (authors?.nodes ?? []).flatMap((actor, index): Contributor[] => {
    const login = actor?.user?.login;
    if (!actor || !login) return [];
    return [{ part: index === 0 ? 'author' : 'co-author', name: actor.name ?? '', email: actor.email ?? '', login }];
  });
  const merged = (requests?.nodes ?? []).filter((request) => request?.merged === true);
  const byLogin = (part: 'request author' | 'merger', actor: Login | null): Contributor[] =>
    actor ? [{ part, name: '', email: '', login: actor.login }] : [];
  const others = merged.flatMap((request) => [
    ...byLogin('request author', request?.author ?? null),
    ...byLogin('merger', request?.mergedBy ?? null),
  ]);
  return { people: [...makers, ...others], gaps };
}

interface Login {
  readonly login: string;
}

interface Connection<T> {
  readonly totalCount: number;
  readonly nodes: readonly (T | null)[];
}

interface CommitNode {
  readonly authors?: Connection<{
    readonly name: string | null;
    readonly email: string | null;
    readonly user: Login | null;
  }>;
  readonly associatedPullRequests?: Connection<{
    readonly merged: boolean;
    readonly author: Login | null;
    readonly mergedBy: Login | null;
  }>;
}
