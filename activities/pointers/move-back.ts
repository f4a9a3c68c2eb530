/** Moves that create nothing: a tag that is deleted, a program that brings the version. */
import type { MoveAct, PointerMove, TagMove } from '../../release/pointer-move';
import { moveCommandValues } from '../../release/undo-command';
import type { RefUpdate } from '../repository';
import { conflict, fenceOf, withFence } from './move-ref';
import { untilDone } from './push';
import { observe, type Scene, type Sight } from './scene';
import { runUndoCommand } from './undo-command';

/** Deletes the tag, which must name what the plan saw. One that is gone already becomes the release's: its undo makes it again. */
export async function deleteTag(scene: Scene, move: TagMove): Promise<'moved' | 'already'> {
  const { ref, to } = move;
  const { acted } = await untilDone(scene, 'delete-tag', async () => {
    const sight = await observe(scene, [ref]);
    const fence = fenceOf(scene, sight, ['held'], move);
    const at = sight.refs.get(ref) ?? null;
    if (at === null && fence.moved.includes(ref)) return { done: undefined };
    if (at !== null && at !== to) throw conflict(ref, at, to);
    const updates = at === null ? [] : [{ ref, from: to, to: null }];
    return withFence(scene, sight, move, updates, { state: 'held', step: `move:${move.service}`, moved: ref });
  });
  return acted ? 'moved' : 'already';
}

/**
 * Runs the command, which may run again after a crash, and puts it on record. That it is registered comes first: an undo
 * that finds nothing on record would take it for not begun.
 */
export async function moveByCommand(
  scene: Scene,
  move: PointerMove,
  act: Extract<MoveAct, { by: 'command' }>,
): Promise<'moved' | 'already'> {
  const begun = { state: 'held', step: `move:${move.service}`, moved: move.ref } as const;
  const ended = { state: 'held', step: `ran:${move.service}`, moved: move.ref } as const;
  const deletes = move.kind === 'tag' ? move.deletes : undefined;
  const looksAt = deletes ? [deletes.ref] : [];
  const isRun = (sight: Sight) => {
    const fence = fenceOf(scene, sight, ['held'], move);
    return fence.moved.includes(move.ref) && fence.step === ended.step;
  };
  const first = await observe(scene, looksAt);
  if (isRun(first)) return 'already';
  await untilDone(scene, act.by === 'command' && move.kind === 'tag' ? 'move-tag' : 'move-branch', async () => {
    const sight = await observe(scene, []);
    if (fenceOf(scene, sight, ['held'], move).moved.includes(move.ref)) return { done: undefined };
    return withFence(scene, sight, move, [], begun);
  });
  await runUndoCommand(scene, move, act, moveCommandValues(move, scene.claimant.release));
  await untilDone(scene, 'delete-tag', async () => {
    const sight = await observe(scene, looksAt);
    if (isRun(sight)) return { done: undefined };
    return withFence(scene, sight, move, move.kind === 'tag' ? deletionIn(sight, move) : [], ended);
  });
  return 'moved';
}

/** The deletion of the bad version's tag, if it is still there; gone is as good. */
export function deletionIn(sight: Sight, { deletes }: TagMove): RefUpdate[] {
  if (!deletes) return [];
  const at = sight.refs.get(deletes.ref) ?? null;
  if (at === null) return [];
  if (at !== deletes.names) throw conflict(deletes.ref, at, deletes.names);
  return [{ ref: deletes.ref, from: at, to: null }];
}
