/** The roots of GraphQL: what can be asked for by itself, and the one mutation. */
import type { Context } from '../call-context';
import { canSee } from '../credentials';
import { nodeId, partsOfNodeId, type Repository, type World } from '../world';
import { objectValue, refValue, repositoryValue } from './repository';
import { graphqlRefusal } from './resolving';
import { updateRefs, type UpdateRefsInput } from './update-refs';

export const rootValue = {
  repository: (
    { owner, name, followRenames }: { owner: string; name: string; followRenames: boolean },
    context: Context,
  ) => {
    const found = context.world.find(owner, name);
    if (!found || !canSee(context.actor, found.repository) || (found.former && !followRenames)) {
      throw graphqlRefusal('NOT_FOUND', `Could not resolve to a Repository with the name '${owner}/${name}'.`);
    }
    return repositoryValue(context, found.repository);
  },
  viewer: (_: unknown, { world, actor }: Context) => userValue(world, actor.app ? `${actor.login}[bot]` : actor.login),
  user: ({ login }: { login: string }, { world }: Context) => {
    if (!world.user(login))
      throw graphqlRefusal('NOT_FOUND', `Could not resolve to a User with the login of '${login}'.`);
    return userValue(world, login);
  },
  node: ({ id }: { id: string }, context: Context) => node(id, context),
  nodes: ({ ids }: { ids: string[] }, context: Context) => Promise.all(ids.map((id) => node(id, context))),
  rateLimit: (_: unknown, { limits, actor }: Context) => {
    const { limit, remaining, used, reset } = limits.overview(actor, 'graphql');
    return { cost: 1, limit, nodeCount: 0, remaining, used, resetAt: new Date(reset * 1000).toISOString() };
  },
  updateRefs: ({ input }: { input: UpdateRefsInput }, context: Context) => updateRefs(input, context),
};

export function userValue(world: World, login: string) {
  const user = world.user(login);
  return {
    __typename: 'User',
    id: nodeId('U', login),
    databaseId: user?.id ?? null,
    login,
    name: user?.name ?? null,
    email: user?.emails[0] ?? '',
  };
}

/** The repository that a node id names. Refuses what cannot be seen as what is not there. */
export function repositoryOfNode(id: string, { world, actor }: Context): Repository {
  const { kind, parts } = partsOfNodeId(id) ?? { kind: '', parts: [] };
  const repository = kind === 'R' ? world.repositories.find((one) => String(one.id) === parts[0]) : undefined;
  if (!repository || !canSee(actor, repository)) throw unresolvable(id);
  return repository;
}

async function node(id: string, context: Context): Promise<unknown> {
  const { kind, parts } = partsOfNodeId(id) ?? { kind: '', parts: [] };
  if (kind === 'U') return context.world.user(parts[0] ?? '') ? userValue(context.world, parts[0] ?? '') : null;
  const repository = repositoryOfNode(nodeId('R', parts[0] ?? ''), context);
  if (kind === 'R') return repositoryValue(context, repository);
  const value =
    kind === 'REF'
      ? await refValue(context, repository, parts[1] ?? '', await context.refs.seen(repository))
      : await objectValue(context, repository, parts[1] ?? '');
  if (!value) throw unresolvable(id);
  return value;
}

const unresolvable = (id: string) =>
  graphqlRefusal('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`);
