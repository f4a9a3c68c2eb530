/** Branches where no new version is released: back to one that ran before, or the one that runs once more. */
import type { Finding } from '../../release/facts';
import { formatRevert } from '../../release/git-objects';
import { shortId } from '../../release/identity';
import type { BranchMove, BranchUndo } from '../../release/pointer-move';
import type { BranchPointer } from '../../release/project';
import { isAncestor, readCommit, standsFor } from '../repository';
import { backAgain, failed, forwardOnly, passed, programFinding } from './findings';
import type { PointerPlan, PointerTarget } from './pointer-kind';
import type { Scene } from './scene';

type Target = PointerTarget<BranchPointer>;

/** What brings `target.commit` back by the pointer's own means of undo, and how that is taken back: by the same. */
export async function planBranchBack(scene: Scene, target: Target): Promise<PointerPlan<BranchMove>> {
  const { workspace } = scene;
  const { pointer, commit } = target;
  const from = (await workspace.ref(`refs/heads/${pointer.name}`)) ?? null;
  const inPlace = from !== null && (await standsFor(workspace, from)) === commit;
  const plan = (move: BranchMove, movable: Finding): PointerPlan<BranchMove> => ({
    move,
    inPlace,
    movable,
    wayBack: backAgain(target.previous),
  });
  if (from === null)
    return plan(
      moveOf(target, null, commit, noUndo('the branch is not there')),
      failed(`branch ${pointer.name} is not there`),
    );
  if (inPlace) return plan(moveOf(target, from, from, noUndo('it is not moved')), inPlaceFinding(target, from));
  const { undo } = pointer;
  switch (undo.by) {
    case 'force':
      return plan(
        { ...moveOf(target, from, commit, { by: 'force' }), act: { by: 'force' } },
        await known(scene, target),
      );
    case 'revert':
      return plan(await byRevert(scene, target, from), await known(scene, target));
    case 'command': {
      const { argv, timeout } = undo.command;
      const move = moveOf(target, from, commit, { by: 'command', argv, timeout });
      return plan({ ...move, act: { by: 'command', argv, timeout } }, await programFinding(argv));
    }
    case 'none': {
      return plan(moveOf(target, from, commit, noUndo('forward-only, as configured')), forwardOnly);
    }
  }
}

/** A push of the commit that a branch names already is no change to anybody: only a command can say it again. */
export async function planBranchAgain(scene: Scene, target: Target): Promise<PointerPlan<BranchMove>> {
  const { pointer, commit } = target;
  const from = (await scene.workspace.ref(`refs/heads/${pointer.name}`)) ?? null;
  const wayBack = passed('the version that runs does not change');
  const move = moveOf(target, from, from ?? commit, { by: 'same' });
  if (!pointer.redeploy) {
    const no = `nothing starts a build where branch ${pointer.name} stays at its commit: set \`redeploy: { command }\` on this pointer to what asks the host for it, or ask the host by hand`;
    return { move, inPlace: true, movable: failed(no), wayBack };
  }
  const { argv, timeout } = pointer.redeploy.command;
  return {
    move: { ...move, act: { by: 'command', argv, timeout } },
    inPlace: true,
    movable: await programFinding(argv),
    wayBack,
  };
}

/** A commit on top of what stands there, with the old contents: a fast-forward, so nothing is forced. */
async function byRevert(scene: Scene, target: Target, from: string): Promise<BranchMove> {
  const { workspace, host, claimant } = scene;
  const { commit, previous } = target;
  // What lies ahead of the branch is reached by it as by a release.
  if (await isAncestor(workspace, from, commit)) return moveOf(target, from, commit, { by: 'revert' });
  const tree = (await readCommit(workspace, commit))?.tree;
  if (tree === undefined) return moveOf(target, from, commit, { by: 'revert' });
  const { id: releaseId, version, requestedAt: at } = claimant.release;
  const text = formatRevert({
    tree,
    head: from,
    restores: commit,
    version: previous?.version ?? version,
    releaseId,
    at,
  });
  return { ...moveOf(target, from, await host.commitObject(text), { by: 'revert' }), vehicle: text };
}

function moveOf(
  { service, pointer, commit, previous, brings }: Target,
  from: string | null,
  to: string,
  undo: BranchUndo,
): BranchMove {
  return {
    version: 1,
    kind: 'branch',
    service: service.name,
    ref: `refs/heads/${pointer.name}`,
    from,
    to,
    commit,
    previous,
    ...(brings !== undefined && { brings }),
    undo,
  };
}

/** The branch is where it is to go: either it runs there, or a push would start nothing. */
function inPlaceFinding({ pointer, commit, previous }: Target, from: string): Finding {
  const words = `branch ${pointer.name} at ${shortId(from)}`;
  const isLive = previous !== null && (previous.commit === from || previous.commit === commit);
  return isLive
    ? passed(`${words} is live`)
    : failed(`${words} is there already, so a push of it would start nothing: use \`slipway redeploy\``);
}

async function known({ workspace }: Scene, { pointer, commit }: Target): Promise<Finding> {
  return (await workspace.history.hasCommits([commit]))
    ? passed(`branch ${pointer.name} goes to ${shortId(commit)}`)
    : failed(`commit ${shortId(commit)} is no longer in the repository`);
}

const noUndo = (reason: string): BranchUndo => ({ by: 'none', reason });
