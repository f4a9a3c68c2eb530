/** GitHub Apps over REST: what an app is, where it is installed, and the tokens of its installation. */
import { Refusal, invalid, notFound, ok } from '../answers';
import { page, type Context, type Operation, type RepositoryOperation } from '../call-context';
import { covers } from '../credentials';
import { nodeId, type App, type Permissions, type World } from '../world';
import { api } from './addresses';
import { simpleUser, simpleUserByLogin } from './people';
import { repositoryBody } from './repository';

export const appOperations: Record<string, Operation> = {
  'apps/get-authenticated': async (context) => ok(appBody(context.world, appOf(context))),
  'apps/get-installation': async (context) => ok(installationBody(context.world, installationOf(context))),
  'apps/create-installation-access-token': createToken,
  'apps/list-repos-accessible-to-installation': async (context) => {
    const { world, actor } = context;
    const { token } = actor;
    if (token?.kind !== 'installation')
      throw new Refusal(
        403,
        'You must authenticate with an installation access token in order to list repositories for an installation.',
      );
    const all = world.repositories.filter((one) => covers(token, one));
    const { items, headers } = page(context, '/installation/repositories', all);
    const body = {
      total_count: all.length,
      repository_selection: token.repositories === 'all' ? 'all' : 'selected',
      repositories: items.map((one) => repositoryBody(world, one, actor)),
    };
    return { status: 200, body, headers };
  },
};

export const appRepositoryOperations: Record<string, RepositoryOperation> = {
  'apps/get-repo-installation': {
    needs: ['app', 'read'],
    whenEmpty: true,
    run: async (context) => {
      const app = appOf(context);
      if (!covers(app, context.repository)) throw notFound();
      return ok(installationBody(context.world, app));
    },
  },
};

async function createToken(context: Context) {
  const { world, credentials, actor } = context;
  const app = installationOf(context);
  const { repositories, permissions } = context.body as { repositories?: string[]; permissions?: Permissions };
  const names = repositories?.map((name) => world.repositories.find((one) => one.name === name && covers(app, one)));
  if (names?.some((one) => !one)) {
    throw invalid(
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
    );
  }
  for (const [name, level] of Object.entries(permissions ?? {})) {
    const given = name === 'metadata' ? 'read' : app.permissions[name];
    if (given !== 'write' && given !== level) {
      throw invalid('The permissions requested are not granted to this installation.');
    }
  }
  const granted = { metadata: 'read', ...(permissions ?? app.permissions) } as Permissions;
  const expiresAt = world.now() + app.tokenSeconds * 1000;
  const token = credentials.add({
    kind: 'installation',
    login: app.slug,
    permissions: granted,
    scopes: [],
    repositories: names ? names.flatMap((one) => (one ? [`${one.owner}/${one.name}`] : [])) : app.repositories,
    expiresAt,
  });
  const chosen = names?.flatMap((one) => (one ? [repositoryBody(world, one, actor)] : []));
  return ok(
    {
      token: token.text,
      expires_at: new Date(expiresAt).toISOString().replace(/\.\d+/, ''),
      permissions: granted,
      repository_selection: token.repositories === 'all' ? 'all' : 'selected',
      ...(chosen ? { repositories: chosen } : {}),
    },
    201,
  );
}

function appOf({ actor }: Context): App {
  if (actor.kind !== 'app' || !actor.app) throw new Refusal(401, 'A JSON web token could not be decoded');
  return actor.app;
}

function installationOf(context: Context): App {
  const app = appOf(context);
  if (String(app.installationId) !== context.params['installation_id']) throw notFound();
  return app;
}

function appBody(world: World, app: App) {
  return {
    id: app.id,
    slug: app.slug,
    client_id: `Iv1.${app.id}`,
    node_id: nodeId('A', app.id),
    owner: simpleUserByLogin(world, ownerOf(world, app)),
    name: app.slug,
    description: null,
    external_url: world.url,
    html_url: `${world.url}/apps/${app.slug}`,
    created_at: '2020-01-01T00:00:00Z',
    updated_at: '2020-01-01T00:00:00Z',
    permissions: app.permissions,
    events: [],
    installations_count: 1,
  };
}

function installationBody(world: World, app: App) {
  const owner = ownerOf(world, app);
  return {
    id: app.installationId,
    app_id: app.id,
    app_slug: app.slug,
    client_id: `Iv1.${app.id}`,
    target_id: world.user(owner)?.id ?? 1,
    target_type: 'User',
    account: simpleUser(world, world.user(owner) ?? { id: 1, login: owner }),
    repository_selection: app.repositories === 'all' ? 'all' : 'selected',
    access_tokens_url: api(world, `/app/installations/${app.installationId}/access_tokens`),
    repositories_url: api(world, '/installation/repositories'),
    html_url: `${world.url}/settings/installations/${app.installationId}`,
    permissions: { metadata: 'read', ...app.permissions },
    events: [],
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    created_at: '2020-01-01T00:00:00Z',
    updated_at: '2020-01-01T00:00:00Z',
    suspended_by: null,
    suspended_at: null,
  };
}

const ownerOf = (world: World, app: App): string =>
  (app.repositories === 'all' ? world.repositories[0]?.owner : app.repositories[0]?.split('/')[0]) ?? 'nobody';
