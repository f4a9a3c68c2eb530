/** The repositories that node ids name. */
import type { Context } from '../call-context';
import { canSee } from '../credentials';
import { partsOfNodeId, type Repository } from '../world';
import { graphqlRefusal } from './resolving';

/** The repository that a node id names. Refuses what cannot be seen as what is not there. */
export function repositoryOfNode(id: string, { world, actor }: Context): Repository {
  const { kind, parts } = partsOfNodeId(id) ?? { kind: '', parts: [] };
  const repository = kind === 'R' ? world.repositories.find((one) => String(one.id) === parts[0]) : undefined;
  if (!repository || !canSee(actor, repository)) throw unresolvable(id);
  return repository;
}

export const unresolvable = (id: string) =>
  graphqlRefusal('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`);
