import type { PointerMove } from '../../release/pointer-move';
import type { Pointer, Service } from '../../release/project';
import { branch } from './branch';
import type { MoveOutcome, PointerKind, PointerPlan, PointerTarget, UndoOutcome } from './pointer-kind';
import type { Scene } from './scene';
import { tag } from './tag';

/** Every kind of pointer. A new one is one more line here, and one more file. */
export const kinds = { tag, branch };

/** The kind of a pointer, for callers that do not know which it is. */
export function kindOf(kind: Pointer['kind']): PointerKind<Pointer, PointerMove> {
  return kinds[kind];
}

export type { MoveOutcome, PointerPlan, PointerTarget, Scene, Service, UndoOutcome };
