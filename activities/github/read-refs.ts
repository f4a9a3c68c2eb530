/** Refs as GitHub shows them. */
import { SlipwayError } from '../../release/errors';
import { failureError, type ApiFailure } from './api-failure';
import type { GitHubRepository } from './repository';

/** Refs that were read, and the messages of the annotated tags of commits among them (null: of anything else). */
export interface SeenRefs {
  readonly refs: Map<string, string>;
  readonly messages: Map<string, string | null>;
}

interface SeenObject {
  readonly __typename: string;
  readonly oid: string;
  readonly message?: string | null;
  readonly target?: { readonly __typename: string };
}

interface MatchingRef {
  readonly ref: string;
  readonly object: { readonly sha: string };
}

type Answer = Readonly<Record<string, unknown>> & { readonly id: string; readonly nameWithOwner: string };

/**
 * The refs that match `patterns`: full names, in which one `*` may stand for anything. Exact names are read in one
 * query together. Throws the error of the table, but `closed` is a result: the API may not be used at all.
 */
export async function readRefs(
  repository: GitHubRepository,
  patterns: readonly string[],
): Promise<SeenRefs | { readonly closed: string }> {
  const seen: SeenRefs = { refs: new Map(), messages: new Map() };
  const exact = patterns.filter((pattern) => !pattern.includes('*'));
  const problem =
    (await readExact(repository, exact, seen)) ??
    (await readMatching(
      repository,
      patterns.filter((pattern) => pattern.includes('*')),
      seen,
    ));
  if (problem === undefined) return seen;
  if (problem.kind === 'closed') return { closed: problem.detail };
  throw failureError(problem, repository.shown);
}

async function readExact(
  repository: GitHubRepository,
  names: readonly string[],
  { refs, messages }: SeenRefs,
): Promise<ApiFailure | undefined> {
  const { owner, repo, request } = repository.parameters;
  const variables = Object.fromEntries(names.map((name, index) => [`r${index}`, name]));
  const outcome = await repository.ask(({ reading }) =>
    reading.graphql<{ repository: Answer | null }>(refsQuery(names.length), {
      owner,
      name: repo,
      ...variables,
      request,
    }),
  );
  if ('failure' in outcome) return outcome.failure;
  const answer = outcome.value.repository;
  if (!answer) throw new SlipwayError('GITHUB_REPOSITORY_MISSING', { repository: repository.shown });
  repository.memory.id = answer.id;
  repository.memory.canonical = answer.nameWithOwner;
  names.forEach((name, index) => {
    const target = (answer[`r${index}`] as { target: SeenObject | null } | null)?.target;
    if (!target) return;
    refs.set(name, target.oid);
    const isTag = target.__typename === 'Tag' && target.target?.__typename === 'Commit';
    messages.set(target.oid, isTag ? (target.message ?? '') : null);
  });
  return undefined;
}

function refsQuery(count: number): string {
  const numbers = Array.from({ length: count }, (_, index) => index);
  const variables = numbers.map((n) => `, $r${n}: String!`).join('');
  const fields = numbers.map((n) => `r${n}: ref(qualifiedName: $r${n}) { ...seen }`).join('\n');
  const fragment =
    'fragment seen on Ref { target { __typename oid ... on Tag { message target { __typename oid } } } }';
  const query = `query SlipwayRefs($owner: String!, $name: String!${variables}) {
  repository(owner: $owner, name: $name) { id nameWithOwner ${fields} }
}`;
  return count > 0 ? `${query}\n${fragment}` : query;
}

async function readMatching(
  repository: GitHubRepository,
  patterns: readonly string[],
  { refs }: SeenRefs,
): Promise<ApiFailure | undefined> {
  for (const pattern of patterns) {
    const [before = '', after = ''] = pattern.split('*');
    const ref = before.replace(/^refs\//, '');
    const outcome = await repository.ask(({ reading }) =>
      reading.paginate<MatchingRef>('GET /repos/{owner}/{repo}/git/matching-refs/{ref}', {
        ...repository.parameters,
        ref,
      }),
    );
    if ('failure' in outcome) return outcome.failure;
    for (const { ref: name, object } of outcome.value) {
      const fits = name.startsWith(before) && name.endsWith(after) && name.length >= before.length + after.length;
      if (fits) refs.set(name, object.sha);
    }
  }
  return undefined;
}
