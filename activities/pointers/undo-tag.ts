import { SlipwayError } from '../../release/errors';
import { formatTag, parseTag, rollbackMessage } from '../../release/git-objects';
import { shortId } from '../../release/identity';
import type { TagMove, TagUndo } from '../../release/pointer-move';
import type { TagPointer } from '../../release/project';
import { fillName, nextNumber } from '../../release/ref-names';
import { conflict, fenceOf, noWayBack, putBack, withFence } from './move-ref';
import type { UndoOutcome } from './pointer-kind';
import { untilDone } from './push';
import { awaitQuiet } from './quiet';
import { bring, observe, type Scene, type Sight } from './scene';
import { runUndoCommand } from './undo-command';

/** Brings the previous version back by the move's policy. Throws FENCED, NO_WAY_BACK, NOT_QUIET, or a conflict. */
export async function undoTag(scene: Scene, pointer: TagPointer, move: TagMove): Promise<UndoOutcome> {
  const sight = await observe(scene, patterns(move));
  const fence = fenceOf(scene, sight, ['undoing'], move);
  if (!fence.moved.includes(move.ref)) return { how: 'never-moved', identity: null };
  let acted = false;
  if (fence.undone.includes(move.ref)) {
    await requireOwnUndo(scene, sight, move);
  } else {
    requireOwnTag(sight, move);
    if (move.undo.by === 'none') throw noWayBack(move);
    await awaitQuiet(scene, pointer.builds, move);
    acted = await carryOutUndo(scene, move);
  }
  const deletes = 'deleteBadTag' in move.undo && move.undo.deleteBadTag;
  if (deletes && (await deleteBadTag(scene, move))) acted = true;
  return { how: acted ? 'restored' : 'already', identity: move.previous };
}

/** Carries out the undo policy; returns whether this attempt did anything. */
async function carryOutUndo(scene: Scene, move: TagMove): Promise<boolean> {
  const { undo } = move;
  switch (undo.by) {
    case 'new-tag':
      return putBack(scene, 'undo-tag', move, {
        patterns: patterns(move),
        updates: async (sight) => {
          requireOwnTag(sight, move);
          const names = [...sight.refs.keys()].map((ref) => ref.replace('refs/tags/', ''));
          const wanted = fillName(undo.name, { n: undo.n });
          const n = names.includes(wanted) ? nextNumber(undo.name, names) : undo.n;
          const { ref, text } = rollbackTag(scene, move, undo, n);
          if (!(await bring(scene, [undo.commit]))) throw lostPrevious(move, undo.commit);
          return [{ ref, from: null, to: await scene.host.tagObject(text) }];
        },
      });
    case 'delete':
      return putBack(scene, 'delete-tag', move, {
        patterns: [move.ref],
        updates: async (sight) => {
          requireOwnTag(sight, move);
          // Someone may have deleted it by hand: then only our record is missing.
          return sight.refs.has(move.ref) ? [{ ref: move.ref, from: move.to, to: null }] : [];
        },
      });
    case 'recreate':
      return putBack(scene, 'undo-tag', move, {
        patterns: [move.ref],
        updates: async (sight) => {
          requireOwnTag(sight, move);
          if (sight.refs.has(move.ref)) return [];
          const { tagObject } = undo;
          // This worker may never have seen the tag: what it names comes from the trunk, and it itself from its text.
          const named = (tagObject === null ? undefined : parseTag(tagObject)?.object) ?? move.to;
          if (!(await bring(scene, [named]))) throw lostPrevious(move, named);
          if (tagObject !== null) await scene.host.tagObject(tagObject);
          return [{ ref: move.ref, from: null, to: move.to }];
        },
      });
    case 'same':
      return putBack(scene, 'undo-tag', move, { patterns: [move.ref], updates: async () => [] });
    case 'command':
      await runUndoCommand(scene, move, undo);
      return putBack(scene, 'undo-tag', move, { patterns: [move.ref], updates: async () => [] });
    case 'none':
      throw noWayBack(move);
  }
}

/** Deletes the bad tag if it is still there; returns whether it was. */
async function deleteBadTag(scene: Scene, move: TagMove): Promise<boolean> {
  const { acted } = await untilDone(scene, 'delete-tag', async () => {
    const sight = await observe(scene, [move.ref]);
    fenceOf(scene, sight, ['undoing'], move);
    requireOwnTag(sight, move);
    if (!sight.refs.has(move.ref)) return { done: undefined };
    const change = { state: 'undoing', step: `delete:${move.service}` } as const;
    return withFence(scene, sight, move, [{ ref: move.ref, from: move.to, to: null }], change);
  });
  return acted;
}

/** The bad tag is ours or gone. Gone is no conflict: nothing of anybody's would be overwritten. */
function requireOwnTag(sight: Sight, move: TagMove): void {
  const at = sight.refs.get(move.ref) ?? null;
  if (at !== null && at !== move.to) throw conflict(move.ref, at, move.to);
}

/** What an earlier attempt put in place must still be there, told by its object id. */
async function requireOwnUndo(scene: Scene, sight: Sight, move: TagMove): Promise<void> {
  const { undo } = move;
  const at = sight.refs.get(move.ref) ?? null;
  if (undo.by === 'delete' && at !== null) throw conflict(move.ref, at, null);
  if (undo.by === 'recreate' && at !== move.to) throw conflict(move.ref, at, move.to);
  if (undo.by !== 'new-tag') return;
  if (!(await bring(scene, [undo.commit]))) throw lostPrevious(move, undo.commit);
  const last = nextNumber(
    undo.name,
    [...sight.refs.keys()].map((ref) => ref.replace('refs/tags/', '')),
  );
  for (let n = undo.n; n < last; n++) {
    const { ref, text } = rollbackTag(scene, move, undo, n);
    if (sight.refs.get(ref) === (await scene.host.tagObject(text))) return;
  }
  throw conflict(`refs/tags/${undo.name}`, null, undo.commit);
}

function rollbackTag(scene: Scene, move: TagMove, undo: Extract<TagUndo, { by: 'new-tag' }>, n: number) {
  const { release } = scene.claimant;
  const name = fillName(undo.name, { n });
  const message = rollbackMessage(move.previous?.version ?? shortId(undo.commit), release.version, release.id);
  return { ref: `refs/tags/${name}`, text: formatTag({ name, commit: undo.commit, at: release.requestedAt, message }) };
}

function lostPrevious(move: TagMove, commit: string): SlipwayError {
  const detail = `the previous commit ${shortId(commit)} is no longer in the repository`;
  return new SlipwayError('NO_WAY_BACK', { service: move.service, detail });
}

/** The bad tag, and every rollback tag. */
function patterns(move: TagMove): string[] {
  const { undo } = move;
  return undo.by === 'new-tag' ? [move.ref, `refs/tags/${fillName(undo.name, { n: '*' })}`] : [move.ref];
}
