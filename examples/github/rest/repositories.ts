/** The repository itself, its branches and what holds them, over REST. */
import { Refusal, notFound, ok } from '../answers';
import { page, type RepositoryContext, type RepositoryOperation } from '../call-context';
import { readCommit } from '../git-objects';
import { protectionOf, type BranchProtection } from '../rules';
import { fullName, type World } from '../world';
import { repoApi, html } from './addresses';
import { commitBody } from './commits';
import { simpleUserByLogin } from './people';
import { repositoryBody } from './repository';

export const repositoryOperations: Record<string, RepositoryOperation> = {
  'repos/get': {
    needs: ['metadata', 'read'],
    whenEmpty: true,
    run: async ({ world, repository, actor }) =>
      ok({ ...repositoryBody(world, repository, actor), network_count: 0, subscribers_count: 0 }),
  },
  'repos/list-branches': {
    needs: ['contents', 'read'],
    whenEmpty: true,
    run: async (context) => {
      const { world, repository } = context;
      const wanted = context.query.get('protected');
      const branches = [...(await context.refs.seen(repository))]
        .filter(([name]) => name.startsWith('refs/heads/'))
        .map(([name, { oid }]) => ({
          name: name.slice('refs/heads/'.length),
          commit: { sha: oid, url: repoApi(world, repository, `/commits/${oid}`) },
          protected: protectionOf(repository, name) !== undefined,
        }))
        .filter((branch) => wanted === null || String(branch.protected) === wanted);
      const { items, headers } = page(context, `/repos/${fullName(repository)}/branches`, branches);
      return { status: 200, body: items, headers };
    },
  },
  'repos/get-branch': {
    needs: ['contents', 'read'],
    run: async (context) => {
      const { world, repository } = context;
      const { name, oid } = await branchOf(context);
      const commit = await readCommit(repository.folder, oid);
      if (!commit) throw notFound();
      const protection = protectionOf(repository, `refs/heads/${name}`);
      const url = repoApi(world, repository, `/branches/${name}`);
      return ok({
        name,
        commit: commitBody(world, repository, commit),
        _links: { self: url, html: html(world, repository, `/tree/${name}`) },
        protected: protection !== undefined,
        protection: { enabled: protection !== undefined, ...requiredChecks(protection) },
        protection_url: `${url}/protection`,
      });
    },
  },
  'repos/get-branch-protection': {
    needs: ['administration', 'read'],
    run: async (context) => {
      const { name } = await branchOf(context);
      const protection = protectionOf(context.repository, `refs/heads/${name}`);
      if (!protection) throw new Refusal(404, 'Branch not protected');
      return ok(
        protectionBody(
          context.world,
          repoApi(context.world, context.repository, `/branches/${name}/protection`),
          protection,
        ),
      );
    },
  },
};

function requiredChecks(protection: BranchProtection | undefined) {
  if (!protection || protection.requiredChecks.length === 0) return {};
  const contexts = [...protection.requiredChecks];
  const checks = contexts.map((context) => ({ context, app_id: null }));
  const required = { enforcement_level: protection.enforceAdmins ? 'everyone' : 'non_admins', contexts, checks };
  return { required_status_checks: required };
}

async function branchOf({ repository, params, refs }: RepositoryContext): Promise<{ name: string; oid: string }> {
  const name = params['branch'] ?? '';
  const state = (await refs.seen(repository)).get(`refs/heads/${name}`);
  if (!state) throw new Refusal(404, 'Branch not found');
  return { name, oid: state.oid };
}

function protectionBody(world: World, url: string, rule: BranchProtection) {
  const { requiredApprovals, pushers } = rule;
  return {
    url,
    enforce_admins: { url: `${url}/enforce_admins`, enabled: rule.enforceAdmins },
    ...(requiredApprovals === null
      ? {}
      : {
          required_pull_request_reviews: {
            url: `${url}/required_pull_request_reviews`,
            dismiss_stale_reviews: false,
            require_code_owner_reviews: false,
            required_approving_review_count: requiredApprovals,
          },
        }),
    ...(rule.requiredChecks.length === 0
      ? {}
      : {
          required_status_checks: {
            url: `${url}/required_status_checks`,
            contexts_url: `${url}/required_status_checks/contexts`,
            strict: false,
            contexts: rule.requiredChecks,
            checks: rule.requiredChecks.map((context) => ({ context, app_id: null })),
          },
        }),
    ...(pushers === null ? {} : { restrictions: restrictions(world, `${url}/restrictions`, pushers) }),
    required_linear_history: { enabled: false },
    required_signatures: { url: `${url}/required_signatures`, enabled: rule.signatures },
    allow_force_pushes: { enabled: rule.allowsForcePushes },
    allow_deletions: { enabled: rule.allowsDeletions },
    block_creations: { enabled: rule.blocksCreations },
    required_conversation_resolution: { enabled: false },
  };
}

/** Who may push: people and apps. */
function restrictions(world: World, url: string, pushers: readonly string[]) {
  const isApp = (login: string) => world.apps.some(({ slug }) => slug === login);
  return {
    url,
    users_url: `${url}/users`,
    teams_url: `${url}/teams`,
    apps_url: `${url}/apps`,
    users: pushers.filter((login) => !isApp(login)).map((login) => simpleUserByLogin(world, login)),
    teams: [],
    apps: world.apps.filter(({ slug }) => pushers.includes(slug)).map(({ id, slug }) => ({ id, slug })),
  };
}
