/** The roots of GraphQL: what can be asked for by itself, and the one mutation. */
import type { Context } from '../call-context';
import { canSee } from '../credentials';
import { nodeId, partsOfNodeId } from '../world';
import { repositoryOfNode, unresolvable } from './nodes';
import { userValue } from './people';
import { objectValue } from './objects';
import { refValue, repositoryValue } from './repository';
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

async function node(id: string, context: Context): Promise<unknown> {
  const { kind, parts } = partsOfNodeId(id) ?? { kind: '', parts: [] };
  if (kind === 'U') return context.world.user(parts[0] ?? '') ? userValue(context.world, parts[0] ?? '') : null;
  const repository = repositoryOfNode(nodeId('R', parts[0] ?? ''), context);
  if (kind === 'R') return repositoryValue(context, repository);
  const value =
    kind === 'REF'
      ? refValue(context, repository, parts[1] ?? '', await context.refs.seen(repository))
      : await objectValue(context, repository, parts[1] ?? '');
  if (!value) throw unresolvable(id);
  return value;
}
