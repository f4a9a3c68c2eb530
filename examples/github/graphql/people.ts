/** People as GraphQL shows them. */
import { nodeId, type World } from '../world';

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
