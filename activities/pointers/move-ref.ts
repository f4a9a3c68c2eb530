/** What the kinds share: their pointers are refs, moved and put back together with the fence. */
import { SlipwayError } from '../../release/errors';
import type { FenceValue } from '../../release/fence';
import { requireFence, type FenceChange } from '../../release/fence-rules';
import { shortId } from '../../release/identity';
import type { PointerMove } from '../../release/pointer-move';
import { fenceUpdate } from './fence';
import type { RefUpdate } from '../repository';
import { untilDone, type Effect, type Round } from './push';
import { observe, type Scene, type Sight } from './scene';

/**
 * Moves the ref from `from` to `to`. `prepare` makes the objects and proves that the move is right; `conflict` is the
 * error for a ref that is neither. A ref that stands at `to` through someone else becomes ours: the undo must know.
 */
export async function moveRef(
  scene: Scene,
  effect: Effect,
  move: PointerMove,
  acts: {
    prepare: () => Promise<void>;
    conflict: (actual: string | null) => SlipwayError;
    /** More refs that are looked at, and what is changed of them in the same push. */
    also?: (sight: Sight) => readonly RefUpdate[];
    alsoSeen?: readonly string[];
  },
): Promise<'moved' | 'already'> {
  const { ref, from, to } = move;
  const { acted } = await untilDone(scene, effect, async () => {
    const sight = await observe(scene, [ref, ...(acts.alsoSeen ?? [])]);
    const fence = fenceOf(scene, sight, ['held'], move);
    const at = sight.refs.get(ref) ?? null;
    if (at === to && fence.moved.includes(ref)) return { done: undefined };
    if (at !== to && at !== from) throw acts.conflict(at);
    await acts.prepare();
    const isForward = move.kind === 'branch' && from !== null && !move.act;
    const forward = isForward ? ({ forward: true } as const) : {};
    const pointer = [...(at === to ? [] : [{ ref, from, to, ...forward }]), ...(acts.also?.(sight) ?? [])];
    return withFence(scene, sight, move, pointer, { state: 'held', step: `move:${move.service}`, moved: ref });
  });
  return acted ? 'moved' : 'already';
}

/**
 * Puts the ref back: what `updates` says for what is seen, until the fence has it on record. Returns whether this
 * attempt did anything.
 */
export async function putBack(
  scene: Scene,
  effect: Effect,
  move: PointerMove,
  look: { patterns: readonly string[]; updates: (sight: Sight) => Promise<readonly RefUpdate[]> },
): Promise<boolean> {
  const { acted } = await untilDone(scene, effect, async () => {
    const sight = await observe(scene, look.patterns);
    const fence = fenceOf(scene, sight, ['undoing'], move);
    if (fence.undone.includes(move.ref)) return { done: undefined };
    const change: FenceChange = { state: 'undoing', step: `undo:${move.service}`, undone: move.ref };
    return withFence(scene, sight, move, await look.updates(sight), change);
  });
  return acted;
}

/** The updates, with the fence's in the same atomic push. */
export async function withFence<T>(
  scene: Scene,
  sight: Sight,
  move: PointerMove,
  updates: readonly RefUpdate[],
  change: FenceChange,
): Promise<Round<T>> {
  return { push: [...updates, await fenceUpdate(scene, sight, move.commit, change)] };
}

/** The fence, if it is ours in one of `states`. Throws FENCED. */
export function fenceOf(
  scene: Scene,
  sight: Sight,
  states: readonly FenceValue['state'][],
  move: PointerMove,
): FenceValue {
  const fence = requireFence(sight.fence, scene.claimant, states);
  if ('value' in fence) return fence.value;
  throw new SlipwayError('FENCED', { holder: fence.holder, what: move.ref });
}

/** The error for a ref that is not as expected. */
export function conflict(ref: string, actual: string | null, expected: string | null): SlipwayError {
  const words = (id: string | null) => (id === null ? 'absent' : shortId(id));
  return new SlipwayError('POINTER_CONFLICT', { pointer: ref, actual: words(actual), expected: words(expected) });
}

/** The error for a move that cannot be taken back. */
export function noWayBack(move: PointerMove): SlipwayError {
  const detail = move.undo.by === 'none' ? move.undo.reason : 'nothing ran before';
  return new SlipwayError('NO_WAY_BACK', { service: move.service, detail });
}
