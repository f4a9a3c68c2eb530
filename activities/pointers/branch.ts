import { SlipwayError } from '../../release/errors';
import type { Finding } from '../../release/facts';
import { formatRevert, formatVehicle } from '../../release/git-objects';
import { shortId } from '../../release/identity';
import type { BranchMove, BranchUndo, LiveIdentity } from '../../release/pointer-move';
import type { BranchPointer } from '../../release/project';
import { isAncestor, readCommit, standsFor, type Workspace } from '../repository';
import { conflict, fenceOf, moveRef, noWayBack, putBack } from './move-ref';
import type { MoveOutcome, PointerKind, PointerPlan, PointerTarget, UndoOutcome } from './pointer-kind';
import { awaitQuiet } from './quiet';
import { bring, observe, type Scene, type Sight } from './scene';
import { hasProgram, runUndoCommand } from './undo-command';

/** A release is the fast-forward of a branch. */
export const branch: PointerKind<BranchPointer, BranchMove> = {
  async plan(scene, target): Promise<PointerPlan<BranchMove>> {
    const { workspace } = scene;
    const { pointer, commit, previous } = target;
    const ref = `refs/heads/${pointer.name}`;
    const from = (await workspace.ref(ref)) ?? null;
    const way = await wayForward(scene, from, commit);
    const move: BranchMove = {
      version: 1,
      kind: 'branch',
      service: target.service.name,
      ref,
      from,
      to: way.to,
      commit,
      previous,
      undo: planUndo(target, from),
      ...(way.vehicle === undefined ? {} : { vehicle: way.vehicle }),
    };
    const inPlace = from !== null && (await standsFor(workspace, from)) === commit;
    return {
      move,
      inPlace,
      movable: movable(target, move, way.forward, inPlace),
      wayBack: await wayBack(workspace, move),
    };
  },

  async move(scene, pointer, move): Promise<MoveOutcome> {
    const how = await moveRef(scene, 'move-branch', move, {
      prepare: () => proveForward(scene, pointer, move),
      conflict: (actual) => conflict(move.ref, actual, move.from),
    });
    return { how, identity: { commit: move.to, version: scene.claimant.release.version } };
  },

  async undo(scene, pointer, move): Promise<UndoOutcome> {
    const sight = await observe(scene, [move.ref]);
    const fence = fenceOf(scene, sight, ['undoing'], move);
    if (!fence.moved.includes(move.ref)) return { how: 'never-moved', identity: null };
    if (fence.undone.includes(move.ref)) {
      const restored = await restoredTarget(scene, pointer, move);
      if (restored !== undefined) requireAt(sight, move, restored);
      return { how: 'already', identity: identityAfter(move, restored) };
    }
    if (move.undo.by === 'none') throw noWayBack(move);
    requireAt(sight, move, move.to);
    await awaitQuiet(scene, pointer.builds, move);
    return carryOutUndo(scene, pointer, move);
  },
};

interface WayForward {
  /** Whether the branch can go there by a fast-forward; undefined = could not tell. */
  readonly forward: boolean | undefined;
  readonly to: string;
  /** Text of the merge commit `to`, where one is needed. */
  readonly vehicle?: string;
}

/** How the branch gets from `from` to `commit`: straight, or by a merge where a rollback commit of ours is in the way. */
async function wayForward(scene: Scene, from: string | null, commit: string): Promise<WayForward> {
  const { workspace, claimant } = scene;
  if (from === null || from === commit) return { forward: true, to: commit };
  const forward = await isAncestor(workspace, from, commit);
  if (forward !== false) return { forward, to: commit };
  const stoodFor = await standsFor(workspace, from);
  const tree = (await readCommit(workspace, commit))?.tree;
  // What the branch already carries of the trunk must be in what it is to carry.
  if (stoodFor === from || tree === undefined || (await isAncestor(workspace, stoodFor, commit)) !== true) {
    return { forward: false, to: commit };
  }
  if (stoodFor === commit) return { forward: true, to: from };
  const { id: releaseId, version, requestedAt: at } = claimant.release;
  const vehicle = formatVehicle({ tree, head: from, commit, version, releaseId, at });
  return { forward: true, to: await makeCommit(workspace, vehicle), vehicle };
}

function planUndo({ pointer }: PointerTarget<BranchPointer>, from: string | null): BranchUndo {
  const { undo } = pointer;
  if (undo.by === 'none') return { by: 'none', reason: 'forward-only, as configured' };
  if (from === null) return { by: 'none', reason: 'first release: the branch was not there before' };
  return undo.by === 'command' ? { by: 'command', ...undo.command } : { by: undo.by };
}

function movable(target: PointerTarget, move: BranchMove, forward: boolean | undefined, inPlace: boolean): Finding {
  const { from, to, commit } = move;
  const name = shortName(move);
  if (from === null) return { verdict: 'passed', detail: `branch ${name} will be made` };
  const words = `branch ${name} at ${shortId(from)}`;
  if (inPlace) {
    const live = target.previous !== null && (target.previous.commit === from || target.previous.commit === commit);
    if (live) return { verdict: 'passed', detail: `${words} is live` };
    return { verdict: 'failed', detail: `${words} is there already: moving it would start nothing` };
  }
  if (forward === undefined)
    return { verdict: 'unknown', detail: `${words} could not be compared with ${shortId(commit)}` };
  if (!forward) return { verdict: 'failed', detail: `${words} is no ancestor of ${shortId(commit)}` };
  const by = move.vehicle === undefined ? '' : ` by merge commit ${shortId(to)}, since a rollback commit stands there`;
  return { verdict: 'passed', detail: `${words} can be fast-forwarded${by}` };
}

async function wayBack(workspace: Workspace, move: BranchMove): Promise<Finding> {
  const { undo, from, previous } = move;
  if (from === null) return { verdict: 'passed', detail: 'first release: no way back' };
  const first = previous === null ? 'first release: nothing ran before; ' : '';
  const at = shortId(from);
  switch (undo.by) {
    case 'none':
      return { verdict: 'passed', detail: `${first}no way back: ${undo.reason}` };
    case 'force': {
      const doubt = 'whether the remote allows that cannot be seen in advance';
      return { verdict: 'passed', detail: `${first}branch ${shortName(move)} goes back to ${at} by force; ${doubt}` };
    }
    case 'revert':
      return (await readCommit(workspace, from)) === undefined
        ? { verdict: 'failed', detail: `commit ${at} could not be read` }
        : { verdict: 'passed', detail: `${first}a commit on top brings the contents of ${at} back` };
    case 'command':
      return (await hasProgram(undo.argv))
        ? { verdict: 'passed', detail: `${first}${undo.argv[0] ?? ''} brings ${at} back; it is on this worker` }
        : { verdict: 'failed', detail: `this worker has no program ${undo.argv[0] ?? ''}` };
  }
}

/** The lease of a push implies force, so it proves nothing: this does. */
async function proveForward(scene: Scene, pointer: BranchPointer, move: BranchMove): Promise<void> {
  const { workspace, repository } = scene;
  const { from, to, commit, vehicle } = move;
  if (!(await bring(scene, [commit, ...(from === null ? [] : [from])], [pointer.name]))) {
    throw new SlipwayError('COMMIT_NOT_ON_TRUNK', { service: move.service, commit, trunk: repository.trunk });
  }
  const made = vehicle === undefined ? to : await makeCommit(workspace, vehicle);
  if (made !== to)
    throw new SlipwayError('INTERNAL', { detail: `the commit came out as ${made}, the plan says ${to}` });
  if (from === null || (await isAncestor(workspace, from, to)) === true) return;
  throw new SlipwayError('BRANCH_DIVERGED', { branch: pointer.name, actual: shortId(from), expected: shortId(to) });
}

async function carryOutUndo(scene: Scene, pointer: BranchPointer, move: BranchMove): Promise<UndoOutcome> {
  const { ref, to } = move;
  if (move.undo.by === 'command') {
    await runUndoCommand(scene, move, move.undo);
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
  if (from === null || undo.by === 'command' || undo.by === 'none') return undefined;
  if (!(await bring(scene, [from, to], [pointer.name]))) {
    const detail = `commit ${shortId(from)} is no longer in the repository`;
    throw new SlipwayError('NO_WAY_BACK', { service: move.service, detail });
  }
  if (undo.by === 'force') return from;
  const old = await readCommit(scene.workspace, from);
  if (!old) throw new SlipwayError('INTERNAL', { detail: `commit ${from} cannot be read` });
  const restores = await standsFor(scene.workspace, from);
  const { id: releaseId, version, requestedAt: at } = scene.claimant.release;
  return makeCommit(scene.workspace, formatRevert({ tree: old.tree, head: to, restores, version, releaseId, at }));
}

function identityAfter(move: BranchMove, restored: string | undefined): LiveIdentity | null {
  if (move.previous === null || restored === undefined) return move.previous;
  return { commit: restored, version: move.previous.version };
}

function requireAt(sight: Sight, move: BranchMove, expected: string): void {
  const at = sight.refs.get(move.ref) ?? null;
  if (at !== expected) throw conflict(move.ref, at, expected);
}

async function makeCommit(workspace: Workspace, text: string): Promise<string> {
  const { stdout } = await workspace.localOutput(['hash-object', '-t', 'commit', '-w', '--stdin'], { input: text });
  return stdout.trim();
}

const shortName = (move: BranchMove): string => move.ref.replace('refs/heads/', '');
