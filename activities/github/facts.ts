/** What a release has to know of a repository at GitHub before it changes anything there. */
import type { HostRules, Protection, Ruleset } from '../../release/ref-rules';
import { failureError, type ApiFailure } from './api-failure';
import type { GitHubRepository } from './repository';

/** What a ref names in the end. */
export interface NamedObject {
  /** Of what the ref itself names: for an annotated tag the tag object. */
  readonly id: string;
  /** Past all tags. */
  readonly target: string;
  readonly type: 'commit' | 'tree' | 'blob' | 'tag';
}

export interface RepositoryFacts {
  readonly archived: boolean;
  readonly disabled: boolean;
  readonly empty: boolean;
  /** ADMIN, MAINTAIN, WRITE, TRIAGE, READ; null = it does not say. */
  readonly permission: string | null;
  readonly defaultBranch: string | null;
  readonly isPrivate: boolean;
  /** Of the refs that were asked for; absent ones are not in it. */
  readonly refs: ReadonlyMap<string, NamedObject>;
  /** Undefined = they may not be read. */
  readonly rules: HostRules | undefined;
}

const named = '__typename oid';
const object = `target { ${named} ... on Tag { target { ${named} ... on Tag { target { ${named} } } } } }`;
const protection =
  'refUpdateRule { allowsForcePushes allowsDeletions viewerCanPush requiredApprovingReviewCount requiredStatusCheckContexts }';
const rulesets = `rulesets(first: 100, includeParents: true, targets: [BRANCH, TAG]) { nodes {
  databaseId name target enforcement conditions { refName { include exclude } } rules(first: 100) { nodes { type } }
} }`;

interface TargetAnswer {
  readonly __typename: string;
  readonly oid: string;
  readonly target?: TargetAnswer;
}

interface RefAnswer {
  readonly target: TargetAnswer | null;
  readonly refUpdateRule?: {
    readonly allowsForcePushes: boolean;
    readonly allowsDeletions: boolean;
    readonly viewerCanPush: boolean;
    readonly requiredApprovingReviewCount: number | null;
    readonly requiredStatusCheckContexts: readonly (string | null)[] | null;
  } | null;
}

interface RulesetAnswer {
  readonly databaseId: number | null;
  readonly name: string;
  readonly target: string;
  readonly enforcement: string;
  readonly conditions: { readonly refName: { readonly include: string[]; readonly exclude: string[] } | null };
  readonly rules: { readonly nodes: readonly ({ readonly type: string } | null)[] | null } | null;
}

interface Answer {
  readonly id: string;
  readonly nameWithOwner: string;
  readonly isArchived: boolean;
  readonly isDisabled: boolean;
  readonly isEmpty: boolean;
  readonly isPrivate: boolean;
  readonly viewerPermission: string | null;
  readonly defaultBranchRef: { readonly name: string } | null;
  readonly rulesets?: { readonly nodes: readonly (RulesetAnswer | null)[] | null } | null;
}

/**
 * The facts, with `names` (full names of refs) among them, in one query; and a call for each ruleset that could hold
 * us. Throws the error of the table; `closed` = the API may not be used at all.
 */
export async function readFacts(
  repository: GitHubRepository,
  names: readonly string[],
): Promise<RepositoryFacts | { readonly closed: string }> {
  let withRules = true;
  let outcome = await ask(repository, names, true);
  // Rules are for those who may see them; the rest of the facts is there without.
  if ('failure' in outcome && (outcome.failure.kind === 'not allowed' || outcome.failure.kind === 'refused')) {
    withRules = false;
    outcome = await ask(repository, names, false);
  }
  if ('failure' in outcome) {
    if (outcome.failure.kind === 'closed') {
      repository.closed = outcome.failure.detail;
      return { closed: outcome.failure.detail };
    }
    throw failureError(outcome.failure, repository.shown);
  }
  const answer = outcome.value.repository;
  if (!answer) throw failureError({ kind: 'missing', detail: '' }, repository.shown);
  repository.memory.id = answer.id;
  repository.memory.canonical = answer.nameWithOwner;
  const seen = names.map((name, index) => [name, answer[`r${index}`] as RefAnswer | null] as const);
  const defaultBranch = answer.defaultBranchRef?.name ?? null;
  return {
    archived: answer.isArchived,
    disabled: answer.isDisabled,
    empty: answer.isEmpty,
    isPrivate: answer.isPrivate,
    permission: answer.viewerPermission,
    defaultBranch,
    refs: new Map(seen.flatMap(([name, ref]) => (ref?.target ? [[name, namedObject(ref.target)]] : []))),
    rules: withRules
      ? {
          defaultBranch: defaultBranch ?? '',
          rulesets: await readRulesets(repository, answer.rulesets?.nodes ?? []),
          protections: seen.flatMap(([name, ref]) => protectionOf(name, ref)),
        }
      : undefined,
  };
}

/** Whether these credentials may write contents, by a request that makes nothing: for an object that is not there. */
export async function tryToWrite(repository: GitHubRepository): Promise<'allowed' | ApiFailure> {
  const outcome = await repository.write((octokit) =>
    octokit.rest.git.createTag({
      ...repository.parameters,
      tag: 'slipway-permission-check',
      message: 'never made',
      object: '0'.repeat(40),
      type: 'commit',
    }),
  );
  if ('value' in outcome || outcome.failure.kind === 'refused') return 'allowed';
  // A permission that is missing also looks like this, since what may not be seen is not there.
  return outcome.failure.kind === 'missing' ? { kind: 'not allowed', detail: 'Not Found' } : outcome.failure;
}

function ask(repository: GitHubRepository, names: readonly string[], withRules: boolean) {
  const { owner, repo, request } = repository.parameters;
  const variables = Object.fromEntries(names.map((name, index) => [`r${index}`, name]));
  const declared = names.map((_, index) => `, $r${index}: String!`).join('');
  const refs = names.map(
    (_, index) => `r${index}: ref(qualifiedName: $r${index}) { ${object} ${withRules ? protection : ''} }`,
  );
  const query = `query SlipwayFacts($owner: String!, $name: String!${declared}) {
  repository(owner: $owner, name: $name) {
    id nameWithOwner isArchived isDisabled isEmpty isPrivate viewerPermission defaultBranchRef { name }
    ${refs.join('\n')}
    ${withRules ? rulesets : ''}
  }
}`;
  return repository.ask(({ reading }) =>
    reading.graphql<{ repository: (Answer & Readonly<Record<string, unknown>>) | null }>(query, {
      owner,
      name: repo,
      ...variables,
      request,
    }),
  );
}

function namedObject(target: TargetAnswer): NamedObject {
  let end = target;
  while (end.target) end = end.target;
  const type = end.__typename.toLowerCase();
  return {
    id: target.oid,
    target: end.oid,
    type: type === 'commit' || type === 'tree' || type === 'blob' ? type : 'tag',
  };
}

function protectionOf(ref: string, answer: RefAnswer | null): Protection[] {
  const rule = answer?.refUpdateRule;
  if (!rule) return [];
  return [
    {
      ref,
      allowsForcePushes: rule.allowsForcePushes,
      allowsDeletions: rule.allowsDeletions,
      canPush: rule.viewerCanPush,
      needsReview: (rule.requiredApprovingReviewCount ?? 0) > 0,
      needsChecks: (rule.requiredStatusCheckContexts ?? []).length > 0,
    },
  ];
}

async function readRulesets(
  repository: GitHubRepository,
  answers: readonly (RulesetAnswer | null)[],
): Promise<Ruleset[]> {
  const active = answers.filter((answer) => answer !== null && answer.enforcement === 'ACTIVE');
  return Promise.all(
    active.map(async (answer): Promise<Ruleset> => {
      const { databaseId, name, target, conditions, rules } = answer!;
      const bypassed = databaseId === null ? undefined : await isBypassed(repository, databaseId);
      return {
        name,
        target: target === 'TAG' ? 'tag' : 'branch',
        include: conditions.refName?.include ?? ['~ALL'],
        exclude: conditions.refName?.exclude ?? [],
        rules: (rules?.nodes ?? []).flatMap((rule) => (rule ? [rule.type.toLowerCase()] : [])),
        ...(bypassed !== undefined && { bypassed }),
      };
    }),
  );
}

/** Whether the ruleset lets our credentials pass; only REST tells. Undefined = it does not say. */
async function isBypassed(repository: GitHubRepository, id: number): Promise<boolean | undefined> {
  const outcome = await repository.ask(({ reading }) =>
    reading.rest.repos.getRepoRuleset({ ...repository.parameters, ruleset_id: id }),
  );
  if ('failure' in outcome) return undefined;
  const can = outcome.value.data.current_user_can_bypass as string | undefined;
  return can === undefined ? undefined : can === 'always' || can === 'exempt';
}
