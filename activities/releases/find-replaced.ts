import type { TargetService } from '../../release/environment-state';
import type { Relation } from '../../release/facts';
import { relationOfAll } from '../../release/replacement';
import type { FindReplacedInput, Replacement } from '../contract';
import { withFetched } from '../repository';
import { relationTo } from '../repository/history';
import type { Attempt, Surroundings } from '../surroundings';

/** Compares a release with each rival, commit by commit, in their repositories. Fails if one of those does not answer. */
export async function findReplaced(
  { releaseId, services, rivals }: FindReplacedInput,
  surroundings: Surroundings,
  attempt: Attempt,
): Promise<Replacement[]> {
  const relations = new Map(Object.keys(rivals).map((rival): [string, Relation[]] => [rival, []]));
  for (const { service, repository, commit } of services) {
    await withFetched({ surroundings, repository, attempt }, async (workspace) => {
      for (const [rival, found] of relations) {
        const other = sameService(rivals[rival] ?? [], service, repository.url);
        if (other) found.push(await relationTo(workspace, other.commit, commit));
      }
    });
  }
  return [...relations].flatMap(([rival, found]): Replacement[] => {
    // One that brings other services is another release, not an older one.
    if (found.length !== services.length || rivals[rival]?.length !== services.length) return [];
    const relation = relationOfAll(found);
    if (relation === undefined) return [];
    return [relation === 'newer' ? { replaced: rival, by: releaseId } : { replaced: releaseId, by: rival }];
  });
}

const sameService = (services: readonly TargetService[], name: string, url: string): TargetService | undefined =>
  services.find(({ service, repository }) => service === name && repository.url === url);
