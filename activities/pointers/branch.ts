import { SlipwayError } from '../../release/errors';
import { shortId } from '../../release/identity';
import type { BranchMove } from '../../release/pointer-move';
import type { BranchPointer } from '../../release/project';
import { isAncestor } from '../repository';
import { conflict, moveRef } from './move-ref';
import { moveByCommand } from './move-back';
import { planBranch } from './plan-branch';
import { planBranchAgain, planBranchBack } from './plan-branch-back';
import type { MoveOutcome, PointerKind } from './pointer-kind';
import { bring, type Scene } from './scene';
import { undoBranch } from './undo-branch';

/** A release is the fast-forward of a branch. */
export const branch: PointerKind<BranchPointer, BranchMove> = {
  plan(scene, target) {
    if (target.way === 'back') return planBranchBack(scene, target);
    return target.way === 'again' ? planBranchAgain(scene, target) : planBranch(scene, target);
  },

  async move(scene, pointer, move): Promise<MoveOutcome> {
    const version = move.brings ?? scene.claimant.release.version;
    if (move.act?.by === 'command')
      return { how: await moveByCommand(scene, move, move.act), identity: { commit: move.commit, version } };
    const how = await moveRef(scene, 'move-branch', move, {
      prepare: () => proveForward(scene, pointer, move),
      conflict: (actual) => conflict(move.ref, actual, move.from),
    });
    return { how, identity: { commit: move.to, version } };
  },

  undo: undoBranch,
};

/** The lease of a push implies force, so it proves nothing: this does. */
async function proveForward(scene: Scene, pointer: BranchPointer, move: BranchMove): Promise<void> {
  const { workspace, repository, host } = scene;
  const { from, to, commit, vehicle, act } = move;
  if (!(await bring(scene, [commit, ...(from === null ? [] : [from])], [pointer.name]))) {
    throw new SlipwayError('COMMIT_NOT_ON_TRUNK', { service: move.service, commit, trunk: repository.trunk });
  }
  const made = vehicle === undefined ? to : await host.commitObject(vehicle);
  if (made !== to) {
    throw new SlipwayError('INTERNAL', { detail: `the commit came out as ${made}, the plan says ${to}` });
  }
  // Set back by force: what it leaves is known by the lease.
  if (from === null || act?.by === 'force') return;
  const isForward = await isAncestor(workspace, from, to);
  if (isForward === true) return;
  if (isForward === undefined) {
    const detail = `${host.shown} does not say`;
    throw new SlipwayError('HISTORY_UNKNOWN', { older: shortId(from), newer: shortId(to), detail });
  }
  throw new SlipwayError('BRANCH_DIVERGED', { branch: pointer.name, actual: shortId(from), expected: shortId(to) });
}
