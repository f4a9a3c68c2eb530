import type { PointerMove } from '../../release/pointer-move';
import type { Pointer } from '../../release/project';
import { branch } from './branch';
import type { PointerKind } from './pointer-kind';
import { tag } from './tag';

/** Every kind of pointer. A new one is one more line here, and one more file. */
export const kinds = { tag, branch };

/** The kind of a pointer, for callers that do not know which it is. */
export function kindOf(kind: Pointer['kind']): PointerKind<Pointer, PointerMove> {
  return kinds[kind];
}
