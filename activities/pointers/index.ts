/** The pointers' activities. */
import type { ReleaseRef } from '../../release/identity';
import type { PointerMove } from '../../release/pointer-move';
import type { Repository, Service } from '../../release/project';
import type { Attempt, Surroundings } from '../surroundings';
import { freeFence, raiseFence, takeFence, type TakenFence } from './fence';
import { kindOf } from './kinds';
import { planPointer } from './plan-pointer';
import type { MoveOutcome, UndoOutcome } from './pointer-kind';
import { onScene, type Scene } from './scene';

/** Repositories that a release changes, each once, with a commit of it that the fence's object may name. */
interface Fences {
  readonly release: ReleaseRef;
  readonly repositories: readonly { readonly repository: Repository; readonly commit: string }[];
}

interface Move {
  readonly release: ReleaseRef;
  readonly service: Service;
  readonly move: PointerMove;
}

/** The activities that change pointers and fences, for one worker. Each may be tried again after any crash. */
export function createPointerActivities(surroundings: Surroundings) {
  /** One repository after the other, in the same order for every release. */
  async function inEach<T>({ release, repositories }: Fences, attempt: Attempt, act: FenceAct<T>): Promise<T[]> {
    const sorted = [...repositories].sort((a, b) => (a.repository.url < b.repository.url ? -1 : 1));
    const results: T[] = [];
    for (const { repository, commit } of sorted) {
      attempt.progress(`fence of ${release.environment}`);
      results.push(await onScene({ surroundings, attempt, release, repository }, (scene) => act(scene, commit)));
    }
    return results;
  }

  return {
    planPointer: (input: Parameters<typeof planPointer>[0], attempt: Attempt) =>
      planPointer(input, surroundings, attempt),

    /**
     * Makes the fence of every repository ours. Throws FENCE_HELD if one is another's, with those before it taken:
     * `freeFences` gives them back.
     */
    takeFences: (input: Fences, attempt: Attempt): Promise<TakenFence[]> => inEach(input, attempt, takeFence),

    /** After it, no forward act of this release can land any more. */
    raiseFences: (input: Fences, attempt: Attempt) => inEach(input, attempt, raiseFence),

    freeFences: async (input: Fences, attempt: Attempt): Promise<void> => {
      await inEach(input, attempt, freeFence);
    },

    movePointer: ({ release, service, move }: Move, attempt: Attempt): Promise<MoveOutcome> => {
      const { repository, pointer } = service;
      attempt.progress(`moving ${move.ref}`);
      return onScene({ surroundings, attempt, release, repository }, (scene) =>
        kindOf(move.kind).move(scene, pointer, move),
      );
    },

    undoPointer: ({ release, service, move }: Move, attempt: Attempt): Promise<UndoOutcome> => {
      const { repository, pointer } = service;
      attempt.progress(`taking back ${move.ref}`);
      return onScene({ surroundings, attempt, release, repository }, (scene) =>
        kindOf(move.kind).undo(scene, pointer, move),
      );
    },
  };
}

type FenceAct<T> = (scene: Scene, commit: string) => Promise<T>;
