import type { ProtectionGate } from '../../release/gate-rule';
import {
  judgeProtection,
  rulesetsSuffice,
  type BranchGuard,
  type GuardedRef,
  type GuardingRuleset,
} from '../../release/judge-protection';
import { fillName } from '../../release/ref-names';
import { askGitHub, lookFor, type GitHubOfGate } from './at-github';
import { GateUnanswered, type GateContext, type GateKind, type GateQuestion, type GateService } from './gate-kind';
import { ofRepository } from './subjects';

/** Trunk, pointers and version tags are protected at GitHub, by rulesets or by classic branch protection. */
export const protection: GateKind<ProtectionGate> = {
  kind: 'protection',
  subject: ofRepository,
  async look(question, context) {
    const wanted = refsOf(question);
    if (wanted.length === 0)
      return { verdict: 'unknown', detail: 'there is no ref to ask about: versions are no tags' };
    const ofRules = askGitHub(question, context, { what: 'rules', permission: 'Metadata: read' });
    const [rulesets, { data: about }] = await Promise.all([
      readRulesets(ofRules),
      ofRules.ask((octokit) => octokit.rest.repos.get(ofRules.parameters)),
    ]);
    const guards = { defaultBranch: about.default_branch, rulesets };
    const unsure = wanted.filter((one) => one.ref.startsWith('refs/heads/') && !rulesetsSuffice(one, guards));
    const branches = new Map<string, BranchGuard | string>();
    await Promise.all(
      unsure.map(async ({ ref }) => {
        const guard = await readProtection(question, context, ref.slice('refs/heads/'.length));
        if (guard !== undefined) branches.set(ref, guard);
      }),
    );
    return judgeProtection(wanted, { ...guards, branches });
  },
};

/** The refs that are asked about: those of this very release, each once. */
function refsOf({ rule, release, versions, services }: GateQuestion<ProtectionGate>): GuardedRef[] {
  const { version } = release;
  const { trunk } = services[0].repository;
  const refs: GuardedRef[] = [
    ...(rule.trunk ? [{ ref: `refs/heads/${trunk}`, as: 'trunk' as const, checks: rule.checks }] : []),
    ...(rule.pointers ? services.flatMap((service) => pointerRefs(service, version)) : []).map((ref) => ({
      ref,
      as: 'pointer' as const,
    })),
    ...(rule.versions && versions.kind === 'tag'
      ? [{ ref: `refs/tags/${fillName(versions.pattern, { version })}`, as: 'version' as const }]
      : []),
  ];
  return refs.filter((one, index) => refs.findIndex(({ ref }) => ref === one.ref) === index);
}

/** What hosts build: the pointer, and the tags of its way back and of its redeploys. */
function pointerRefs({ pointer, live }: GateService, version: string): string[] {
  if (pointer.kind === 'branch') return [`refs/heads/${pointer.name}`];
  const { name, undo, redeploy } = pointer;
  return [
    fillName(name, { version }),
    ...(undo.by === 'new-tag' && live ? [fillName(undo.name, { previous: live.version, n: 1 })] : []),
    ...(redeploy?.by === 'new-tag' ? [fillName(redeploy.name, { version, n: 1 })] : []),
  ].map((tag) => `refs/tags/${tag}`);
}

async function readRulesets(github: GitHubOfGate): Promise<GuardingRuleset[]> {
  const listed = await github.ask((octokit) =>
    octokit.paginate(octokit.rest.repos.getRepoRulesets, {
      ...github.parameters,
      includes_parents: true,
      per_page: 100,
    }),
  );
  const active = listed.filter(
    ({ enforcement, target }) => enforcement === 'active' && (target === 'branch' || target === 'tag'),
  );
  return Promise.all(
    active.map(async ({ id }): Promise<GuardingRuleset> => {
      const { data } = await github.ask((octokit) =>
        octokit.rest.repos.getRepoRuleset({ ...github.parameters, ruleset_id: id, includes_parents: true }),
      );
      const names = (data.conditions as { ref_name?: { include?: string[]; exclude?: string[] } } | null)?.ref_name;
      const can = data.current_user_can_bypass as string | undefined;
      const link = data._links?.html?.href;
      return {
        name: data.name,
        target: data.target === 'tag' ? 'tag' : 'branch',
        include: names?.include ?? [],
        exclude: names?.exclude ?? [],
        rules: (data.rules ?? []).map(({ type }) => type),
        ...(data.bypass_actors && {
          passers: data.bypass_actors.map(({ actor_type: kind, bypass_mode: mode = 'always' }) => ({ kind, mode })),
        }),
        wePass: can === 'always' || can === 'exempt',
        ...(link !== undefined && { link }),
      };
    }),
  );
}

/** Classic protection of a branch; undefined = there is none, a text = that could not be told. */
async function readProtection(
  question: GateQuestion<ProtectionGate>,
  context: GateContext,
  branch: string,
): Promise<BranchGuard | string | undefined> {
  const asked = { what: `branch ${branch}`, permission: 'Contents: read' };
  const github = askGitHub(question, context, asked);
  const found = await github.ask((octokit) => octokit.rest.repos.getBranch({ ...github.parameters, branch }), {
    missing: undefined,
  });
  if (!found?.data.protected) return undefined;
  const outcome = await github.repository.ask(({ reading }) =>
    reading.rest.repos.getBranchProtection({ ...github.parameters, branch }),
  );
  if ('failure' in outcome) {
    const { kind, detail } = outcome.failure;
    if (kind === 'missing' && /not protected/i.test(detail)) return undefined;
    if (kind === 'missing' || kind === 'not allowed') {
      return `has a branch protection that these credentials may not read: give them "Administration: read"`;
    }
    throw new GateUnanswered(
      lookFor(outcome.failure, github.repository.shown, {
        what: `protection of ${branch}`,
        permission: 'Administration: read',
      }),
    );
  }
  const { data } = outcome.value;
  const link = found.data._links.html;
  return {
    pullRequests: asksForPullRequests(data.required_pull_request_reviews),
    forcePushes: data.allow_force_pushes?.enabled ?? false,
    deletions: data.allow_deletions?.enabled ?? false,
    checks: data.required_status_checks !== undefined,
    holdsAdmins: data.enforce_admins?.enabled ?? false,
    pushers: await pushersOf(github, data.restrictions),
    link,
  };
}

interface Actors {
  readonly users?: readonly { readonly login?: string }[];
  readonly teams?: readonly unknown[];
  readonly apps?: readonly { readonly slug?: string }[] | readonly ({ readonly slug?: string } | null)[];
}

const countOf = ({ users = [], teams = [], apps = [] }: Actors): number => users.length + teams.length + apps.length;

/** Pull requests are asked for, and nobody is excused. */
function asksForPullRequests(reviews: { readonly bypass_pull_request_allowances?: Actors } | undefined): boolean {
  return reviews !== undefined && countOf(reviews.bypass_pull_request_allowances ?? {}) === 0;
}

async function pushersOf(github: GitHubOfGate, actors: Actors | undefined): Promise<BranchGuard['pushers']> {
  if (!actors) return 'all';
  if (countOf(actors) === 0) return 'us';
  const { request } = github.parameters;
  const { viewer } = await github.ask((octokit) =>
    octokit.graphql<{ viewer: { login: string } }>('query SlipwayIs { viewer { login } }', { request }),
  );
  const logins = [
    ...(actors.users ?? []).map(({ login }) => login),
    ...(actors.apps ?? []).map((app) => `${app?.slug}[bot]`),
  ];
  return countOf(actors) === 1 && logins[0]?.toLowerCase() === viewer.login.toLowerCase() ? 'us' : 'others';
}
