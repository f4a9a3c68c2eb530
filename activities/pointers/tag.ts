import { SlipwayError } from '../../release/errors';
import { shortId } from '../../release/identity';
import type { TagMove } from '../../release/pointer-move';
import type { TagPointer } from '../../release/project';
import { conflict, moveRef } from './move-ref';
import { deleteTag, deletionIn, moveByCommand } from './move-back';
import { planTag } from './plan-tag';
import { planTagAgain, planTagBack } from './plan-tag-back';
import type { MoveOutcome, PointerKind } from './pointer-kind';
import { bring, type Scene } from './scene';
import { undoTag } from './undo-tag';

/** A release is the creation of an annotated tag. */
export const tag: PointerKind<TagPointer, TagMove> = {
  plan(scene, target) {
    if (target.way === 'back') return planTagBack(scene, target);
    return target.way === 'again' ? planTagAgain(scene, target) : planTag(scene, target);
  },

  async move(scene, _pointer, move): Promise<MoveOutcome> {
    const identity = { commit: move.commit, version: move.brings ?? scene.claimant.release.version };
    if (move.act?.by === 'delete') return { how: await deleteTag(scene, move), identity };
    if (move.act?.by === 'command') return { how: await moveByCommand(scene, move, move.act), identity };
    // A tag is only ever created, also where the plan has seen one.
    const how = await moveRef(
      scene,
      'move-tag',
      { ...move, from: null },
      {
        also: (sight) => deletionIn(sight, move),
        alsoSeen: move.deletes ? [move.deletes.ref] : [],
        prepare: async () => {
          await requireCommit(scene, move.commit, move);
          const made = await scene.host.tagObject(move.tagObject);
          if (made !== move.to) {
            throw new SlipwayError('INTERNAL', { detail: `the tag came out as ${made}, the plan says ${move.to}` });
          }
        },
        conflict: (actual) => tagExists(move, actual),
      },
    );
    return { how, identity };
  },

  undo: undoTag,
};

async function requireCommit(scene: Scene, commit: string, move: TagMove): Promise<void> {
  if (await bring(scene, [commit])) return;
  throw new SlipwayError('COMMIT_NOT_ON_TRUNK', { service: move.service, commit, trunk: scene.repository.trunk });
}

function tagExists(move: TagMove, actual: string | null): SlipwayError {
  if (actual === null) return conflict(move.ref, actual, move.from);
  return new SlipwayError('TAG_EXISTS', {
    tag: move.ref.replace('refs/tags/', ''),
    actual: shortId(actual),
    expected: shortId(move.to),
  });
}
