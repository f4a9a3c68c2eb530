/** The mutation that changes refs by compare-and-swap, all of them or none. */
import { Refusal } from '../answers';
import type { Context } from '../call-context';
import { demand } from '../credentials';
import { ZERO } from '../refs';
import { asGraphql, graphqlRefusal } from './resolving';
import { repositoryOfNode } from './nodes';

export interface UpdateRefsInput {
  readonly repositoryId: string;
  readonly clientMutationId?: string;
  readonly refUpdates: readonly {
    readonly name: string;
    readonly beforeOid?: string | null;
    readonly afterOid: string;
    readonly force?: boolean | null;
  }[];
}

export async function updateRefs({ repositoryId, refUpdates, clientMutationId }: UpdateRefsInput, context: Context) {
  const repository = repositoryOfNode(repositoryId, context);
  try {
    demand(context.actor, repository, 'contents', 'write');
    if (repository.archived) throw new Refusal(403, 'Repository was archived so is read-only.');
    const names = refUpdates.map(({ name }) => name);
    if (new Set(names).size < names.length) throw graphqlRefusal('UNPROCESSABLE', 'A ref is named more than once.');
    await context.refs.change(
      repository,
      context.actor,
      refUpdates.map(({ name, beforeOid, afterOid, force }) => ({
        name,
        before: beforeOid === undefined || beforeOid === null ? undefined : beforeOid === ZERO ? null : beforeOid,
        after: afterOid === ZERO ? null : afterOid,
        force: force ?? false,
      })),
    );
  } catch (problem) {
    throw asGraphql(problem);
  }
  return { clientMutationId: clientMutationId ?? null };
}
