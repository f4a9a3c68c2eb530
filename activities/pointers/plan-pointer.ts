import type { ReleaseRef } from '../../release/identity';
import type { PreviousTarget } from '../../release/pointer-move';
import type { Service } from '../../release/project';
import type { Attempt, Surroundings } from '../surroundings';
import { kindOf } from './kinds';
import type { PointerPlan } from './pointer-kind';
import { onScene } from './scene';

/**
 * What moving a service's pointer to `commit` would do, and how it would be taken back. Changes nothing. Throws
 * VERSION_MALFORMED if the version makes no name of a ref, REMOTE_UNREACHABLE or REMOTE_DENIED.
 */
export function planPointer(
  input: { release: ReleaseRef; service: Service; commit: string; previous: PreviousTarget | null },
  surroundings: Surroundings,
  attempt: Attempt,
): Promise<PointerPlan> {
  const { release, service, commit, previous } = input;
  const { pointer, repository } = service;
  return onScene({ surroundings, attempt, release, repository }, async (scene) => {
    await scene.workspace.fetch([repository.trunk, ...(pointer.kind === 'branch' ? [pointer.name] : [])]);
    return kindOf(pointer.kind).plan(scene, { service, pointer, commit, previous });
  });
}
