import type { Finding } from '../../release/facts';
import type { LiveIdentity, PointerMove, PreviousTarget } from '../../release/pointer-move';
import type { Pointer, Service } from '../../release/project';
import type { Scene } from './scene';

/** What a plan of a pointer's move says. */
export interface PointerPlan<M extends PointerMove = PointerMove> {
  readonly move: M;
  /** Whether the pointer is as a move needs it. */
  readonly movable: Finding;
  /** Whether the move can be taken back, as far as that can be seen beforehand. */
  readonly wayBack: Finding;
  /** The pointer names the commit already. */
  readonly inPlace: boolean;
}

/** What a plan is made of. */
export interface PointerTarget<P extends Pointer = Pointer> {
  readonly service: Service;
  readonly pointer: P;
  readonly commit: string;
  /** What runs now; null = a first release. */
  readonly previous: PreviousTarget | null;
  /** Absent = a release. `back`: to what ran before. `again`: what runs, once more. */
  readonly way?: 'back' | 'again';
  /** back, again: what people call the commit. */
  readonly brings?: string;
}

/** What a move came to. */
export interface MoveOutcome {
  readonly how: 'moved' | 'already';
  readonly identity: LiveIdentity;
}

/** What an undo came to; `identity` is what must be seen live then, null if nothing ran before or nothing was moved. */
export interface UndoOutcome {
  readonly how: 'restored' | 'already' | 'never-moved';
  readonly identity: LiveIdentity | null;
}

/**
 * A kind of pointer. Each act observes, acts by compare-and-swap together with the fence, and confirms by reading
 * back; it may be tried again after any crash or lost answer, and never overwrites what it did not expect.
 */
export interface PointerKind<P extends Pointer, M extends PointerMove> {
  /** What a move would do. The workspace was fetched with the trunk and the pointer's branch. Changes nothing. */
  plan(scene: Scene, target: PointerTarget<P>): Promise<PointerPlan<M>>;
  /** Throws FENCED if the release does not hold the fence, and a conflict if the pointer is not as planned. */
  move(scene: Scene, pointer: P, move: M): Promise<MoveOutcome>;
  /** Needs the fence raised by this release, else FENCED. Throws NO_WAY_BACK, NOT_QUIET, or a conflict. */
  undo(scene: Scene, pointer: P, move: M): Promise<UndoOutcome>;
}
