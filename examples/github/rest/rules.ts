/** Rulesets over REST: all of them, one with its rules, and the rules that are active for a branch. */
import { notFound, ok, Refusal } from '../answers';
import { page, type RepositoryContext, type RepositoryOperation } from '../call-context';
import { demand } from '../credentials';
import { activeRules, type Rule, type Ruleset } from '../rules';
import { fullName, nodeId } from '../world';
import { repoApi } from './addresses';

const needs = ['metadata', 'read'] as const;

export const ruleOperations: Record<string, RepositoryOperation> = {
  'repos/get-branch-rules': {
    needs,
    whenEmpty: true,
    run: async (context) => {
      const { repository, params } = context;
      const found = activeRules(repository, `refs/heads/${params['branch']}`);
      const path = `/repos/${fullName(repository)}/rules/branches/${params['branch']}`;
      const { items, headers } = page(context, path, found);
      const origin = { ruleset_source_type: 'Repository', ruleset_source: fullName(repository) };
      const body = items.map(({ ruleset, rule }) => ({ ...ruleBody(rule), ...origin, ruleset_id: ruleset.id }));
      return { status: 200, body, headers };
    },
  },
  'repos/get-repo-rulesets': {
    needs,
    whenEmpty: true,
    run: async (context) => {
      const { repository, query } = context;
      const targets = query.get('targets')?.split(',');
      const found = repository.rulesets.filter(({ target }) => !targets || targets.includes(target));
      const { items, headers } = page(context, `/repos/${fullName(repository)}/rulesets`, found);
      return { status: 200, body: items.map((ruleset) => rulesetBody(context, ruleset)), headers };
    },
  },
  'repos/get-repo-ruleset': {
    needs,
    whenEmpty: true,
    run: async (context) => {
      const ruleset = context.repository.rulesets.find(({ id }) => String(id) === context.params['ruleset_id']);
      if (!ruleset) throw notFound();
      return ok({
        ...rulesetBody(context, ruleset),
        ...(mayAdminister(context) && { bypass_actors: ruleset.bypass.map((login) => bypassActor(context, login)) }),
        conditions: { ref_name: { include: ruleset.include, exclude: ruleset.exclude } },
        rules: ruleset.rules.map(ruleBody),
      });
    },
  },
};

/** Who may bypass a ruleset is told only to those who may change it. */
function mayAdminister({ actor, repository }: RepositoryContext): boolean {
  try {
    demand(actor, repository, 'administration', 'write');
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

function bypassActor({ world }: RepositoryContext, login: string) {
  const app = world.apps.find(({ slug }) => slug === login);
  const id = app?.id ?? world.user(login)?.id ?? null;
  return { actor_id: id, actor_type: app ? 'Integration' : 'User', bypass_mode: 'always' };
}

function rulesetBody({ world, repository, actor }: RepositoryContext, ruleset: Ruleset) {
  return {
    id: ruleset.id,
    name: ruleset.name,
    target: ruleset.target,
    source_type: 'Repository',
    source: fullName(repository),
    enforcement: ruleset.enforcement,
    node_id: nodeId('RRS', ruleset.id),
    current_user_can_bypass: ruleset.bypass.includes(actor.login) ? 'always' : 'never',
    _links: {
      self: { href: repoApi(world, repository, `/rulesets/${ruleset.id}`) },
      html: { href: `${world.url}/${fullName(repository)}/rules/${ruleset.id}` },
    },
    created_at: repository.createdAt,
    updated_at: repository.createdAt,
  };
}

function ruleBody(rule: Rule) {
  switch (rule.type) {
    case 'pull_request':
      return {
        type: rule.type,
        parameters: {
          dismiss_stale_reviews_on_push: false,
          require_code_owner_review: false,
          require_last_push_approval: false,
          required_approving_review_count: rule.approvals ?? 1,
          required_review_thread_resolution: false,
        },
      };
    case 'required_status_checks':
      return {
        type: rule.type,
        parameters: {
          required_status_checks: rule.contexts.map((context) => ({ context })),
          strict_required_status_checks_policy: false,
        },
      };
    case 'tag_name_pattern':
    case 'branch_name_pattern':
      return { type: rule.type, parameters: { operator: 'regex', pattern: rule.pattern } };
    case 'update':
      return { type: rule.type, parameters: { update_allows_fetch_and_merge: false } };
    default:
      return { type: rule.type };
  }
}
