import type { Finding } from '../../release/facts';
import { formatVehicle } from '../../release/git-objects';
import { shortId } from '../../release/identity';
import type { BranchMove, BranchUndo } from '../../release/pointer-move';
import type { BranchPointer } from '../../release/project';
import { isAncestor, readCommit, standsFor, type Workspace } from '../repository';
import { programFinding } from './findings';
import type { PointerPlan, PointerTarget } from './pointer-kind';
import type { Scene } from './scene';

/** What the fast-forward would do, and how it would be undone. */
export async function planBranch(scene: Scene, target: PointerTarget<BranchPointer>): Promise<PointerPlan<BranchMove>> {
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
}

interface WayForward {
  /** Whether the branch can go there by a fast-forward; undefined = could not tell. */
  readonly forward: boolean | undefined;
  readonly to: string;
  /** Text of the merge commit `to`, where one is needed. */
  readonly vehicle?: string;
}

/** How the branch gets from `from` to `commit`: straight, or by a merge where a rollback commit of ours is in the way. */
async function wayForward(scene: Scene, from: string | null, commit: string): Promise<WayForward> {
  const { workspace, claimant, host } = scene;
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
  return { forward: true, to: await host.commitObject(vehicle), vehicle };
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
    return {
      verdict: 'failed',
      detail: `${words} is there already, so a push of it would start nothing: choose another version`,
    };
  }
  if (forward === undefined)
    return { verdict: 'unknown', detail: `${words} could not be compared with ${shortId(commit)}` };
  if (!forward)
    return {
      verdict: 'failed',
      detail: `${words} is no ancestor of ${shortId(commit)}: bring it back to a commit of the trunk first`,
    };
  const by = move.vehicle === undefined ? '' : ` by merge commit ${shortId(to)}, since a rollback commit stands there`;
  return { verdict: 'passed', detail: `${words} can be fast-forwarded${by}` };
}

async function wayBack(workspace: Workspace, move: BranchMove): Promise<Finding> {
  const { undo, from, previous } = move;
  if (from === null) return { verdict: 'passed', detail: 'first release: no way back' };
  const first = previous === null ? 'first release: nothing ran before; ' : '';
  const at = shortId(from);
  switch (undo.by) {
    case 'same':
    case 'none':
      return {
        verdict: 'passed',
        detail: `${first}no way back: ${undo.by === 'none' ? undo.reason : 'the same runs'}`,
      };
    case 'force': {
      const doubt = workspace.github ? '' : '; whether the remote allows that cannot be seen in advance';
      return { verdict: 'passed', detail: `${first}branch ${shortName(move)} goes back to ${at} by force${doubt}` };
    }
    case 'revert':
      return (await readCommit(workspace, from)) === undefined
        ? { verdict: 'failed', detail: `commit ${at} could not be read` }
        : { verdict: 'passed', detail: `${first}a commit on top brings the contents of ${at} back` };
    case 'command': {
      const found = await programFinding(undo.argv, `brings ${at} back`);
      return found.verdict === 'passed' ? { ...found, detail: `${first}${found.detail}` } : found;
    }
  }
}

const shortName = (move: BranchMove): string => move.ref.replace('refs/heads/', '');
