import type { ReleaseRef } from '../../release/identity';
import type { PreviousTarget } from '../../release/pointer-move';
import type { Service } from '../../release/project';
import type { Workspace } from '../repository';
import type { Attempt, Surroundings } from '../surroundings';
import { kindOf } from './kinds';
import type { PointerPlan, PointerTarget } from './pointer-kind';
import { onScene, sceneIn } from './scene';

/** What is to be planned. */
export interface PointerQuestion {
  readonly release: ReleaseRef;
  readonly service: Service;
  readonly commit: string;
  readonly previous: PreviousTarget | null;
  readonly way?: NonNullable<PointerTarget['way']>;
  readonly brings?: string;
}

/**
 * What moving a service's pointer to `commit` would do, and how it would be taken back. Changes nothing. Throws
 * VERSION_MALFORMED if the version makes no name of a ref, REMOTE_UNREACHABLE or REMOTE_DENIED.
 */
export function planPointer(
  question: PointerQuestion,
  surroundings: Surroundings,
  attempt: Attempt,
): Promise<PointerPlan> {
  const { release, service } = question;
  const { repository } = service;
  return onScene({ surroundings, attempt, release, repository }, async ({ workspace }) => {
    await workspace.fetch(branchesToPlan(service));
    return planFetched(workspace, question, surroundings, attempt);
  });
}

/** As `planPointer`, in a workspace into which `branchesToPlan` were just fetched. */
export function planFetched(
  workspace: Workspace,
  { release, service, ...target }: PointerQuestion,
  surroundings: Surroundings,
  attempt: Attempt,
): Promise<PointerPlan> {
  const { pointer, repository } = service;
  const scene = sceneIn(workspace, { surroundings, attempt, release, repository });
  return kindOf(pointer.kind).plan(scene, { service, pointer, ...target });
}

/** The branches without which nothing can be planned: the trunk, and the pointer if it is a branch. */
export function branchesToPlan({ repository, pointer }: Service): string[] {
  return [repository.trunk, ...(pointer.kind === 'branch' ? [pointer.name] : [])];
}
