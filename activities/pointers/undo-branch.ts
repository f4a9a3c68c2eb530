import { SlipwayError } from '../../release/errors';
import { formatRevert } from '../../release/git-objects';
import { shortId } from '../../release/identity';
import type { BranchMove, LiveIdentity } from '../../release/pointer-move';
import type { BranchPointer } from '../../release/project';
import { readCommit, standsFor } from '../repository';
import { conflict, fenceOf, noWayBack, putBack } from './move-ref';
import type { UndoOutcome } from './pointer-kind';
import { awaitQuiet } from './quiet';
import { bring, observe, type Scene, type Sight } from './scene';
import { runUndoCommand } from './undo-command';

/** Puts the branch back by the move's policy. Throws FENCED, NO_WAY_BACK, NOT_QUIET, or a conflict. */
export async function undoBranch(scene: Scene, pointer: BranchPointer, move: BranchMove): Promise<UndoOutcome> {
  const sight = await observe(scene, [move.ref]);
  const fence = fenceOf(scene, sight, ['undoing'], move);
  if (!fence.moved.includes(move.ref)) return { how: 'never-moved', identity: null };
  if (fence.undone.includes(move.ref)) {
    const restored = await restoredTarget(scene, pointer, move);
    if (restored !== undefined) requireAt(sight, move, restored);
    return { how: 'already', identity: identityAfter(move, restored) };
  }
  if (move.undo.by === 'none') throw noWayBack(move);
  const at = sight.refs.get(move.ref) ?? null;
  // A person, or a command that was killed before this was recorded, may have put it back: that is no conflict.
  if (at !== move.from || move.undo.by === 'revert') requireAt(sight, move, move.to);
  await awaitQuiet(scene, pointer.builds, move);
  return carryOutUndo(scene, pointer, move);
}

async function carryOutUndo(scene: Scene, pointer: BranchPointer, move: BranchMove): Promise<UndoOutcome> {
  const { ref, to } = move;
  if (move.undo.by === 'command' || move.undo.by === 'same') {
    if (move.undo.by === 'command') await runUndoCommand(scene, move, move.undo);
    const acted = await putBack(scene, 'undo-branch', move, { patterns: [ref], updates: async () => [] });
    return { how: acted ? 'restored' : 'already', identity: identityAfter(move, undefined) };
  }
  const restored = await restoredTarget(scene, pointer, move);
  if (restored === undefined) throw noWayBack(move);
  const acted = await putBack(scene, 'undo-branch', move, {
    patterns: [ref],
    updates: async (sight) => {
      const at = sight.refs.get(ref);
      // Someone may have put it back by hand: then only our record is missing.
      if (at === restored) return [];
      requireAt(sight, move, to);
      return [{ ref, from: to, to: restored }];
    },
  });
  return { how: acted ? 'restored' : 'already', identity: identityAfter(move, restored) };
}

/** Where the branch stands after our undo; undefined where a command decides that. Makes the revert commit. */
async function restoredTarget(scene: Scene, pointer: BranchPointer, move: BranchMove): Promise<string | undefined> {
  const { from, to, undo } = move;
  if (from === null || undo.by === 'command' || undo.by === 'none' || undo.by === 'same') return undefined;
  if (!(await bring(scene, [from, to], [pointer.name]))) {
    const detail = `commit ${shortId(from)} is no longer in the repository`;
    throw new SlipwayError('NO_WAY_BACK', { service: move.service, detail });
  }
  if (undo.by === 'force') return from;
  const old = await readCommit(scene.workspace, from);
  if (!old) throw new SlipwayError('INTERNAL', { detail: `commit ${from} cannot be read` });
  const restores = await standsFor(scene.workspace, from);
  const { id: releaseId, version, requestedAt: at } = scene.claimant.release;
  return scene.host.commitObject(formatRevert({ tree: old.tree, head: to, restores, version, releaseId, at }));
}

function identityAfter(move: BranchMove, restored: string | undefined): LiveIdentity | null {
  if (move.previous === null || restored === undefined) return move.previous;
  return { commit: restored, version: move.previous.version };
}

function requireAt(sight: Sight, move: BranchMove, expected: string): void {
  const at = sight.refs.get(move.ref) ?? null;
  if (at !== expected) throw conflict(move.ref, at, expected);
}
