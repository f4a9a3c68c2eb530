import { SlipwayError } from '../../release/errors';
import { shortId } from '../../release/identity';
import type { BranchMove } from '../../release/pointer-move';
import type { BranchPointer } from '../../release/project';
import { isAncestor } from '../repository';
import { conflict, moveRef } from './move-ref';
import { planBranch } from './plan-branch';
import type { MoveOutcome, PointerKind } from './pointer-kind';
import { bring, type Scene } from './scene';
import { undoBranch } from './undo-branch';

/** A release is the fast-forward of a branch. */
export const branch: PointerKind<BranchPointer, BranchMove> = {
  plan: planBranch,

  async move(scene, pointer, move): Promise<MoveOutcome> {
    const how = await moveRef(scene, 'move-branch', move, {
      prepare: () => proveForward(scene, pointer, move),
      conflict: (actual) => conflict(move.ref, actual, move.from),
    });
    return { how, identity: { commit: move.to, version: scene.claimant.release.version } };
  },

  undo: undoBranch,
};

/** The lease of a push implies force, so it proves nothing: this does. */
async function proveForward(scene: Scene, pointer: BranchPointer, move: BranchMove): Promise<void> {
  const { workspace, repository, host } = scene;
  const { from, to, commit, vehicle } = move;
  if (!(await bring(scene, [commit, ...(from === null ? [] : [from])], [pointer.name]))) {
    throw new SlipwayError('COMMIT_NOT_ON_TRUNK', { service: move.service, commit, trunk: repository.trunk });
  }
  const made = vehicle === undefined ? to : await host.commitObject(vehicle);
  if (made !== to) {
    throw new SlipwayError('INTERNAL', { detail: `the commit came out as ${made}, the plan says ${to}` });
  }
  if (from === null) return;
  const isForward = await isAncestor(workspace, from, to);
  if (isForward === true) return;
  if (isForward === undefined) {
    const detail = `${host.shown} does not say`;
    throw new SlipwayError('HISTORY_UNKNOWN', { older: shortId(from), newer: shortId(to), detail });
  }
  throw new SlipwayError('BRANCH_DIVERGED', { branch: pointer.name, actual: shortId(from), expected: shortId(to) });
}
