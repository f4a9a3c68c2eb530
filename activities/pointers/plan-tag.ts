import { SlipwayError } from '../../release/errors';
import type { Finding } from '../../release/facts';
import { formatTag, releaseMessage } from '../../release/git-objects';
import { shortId } from '../../release/identity';
import type { TagMove, TagUndo } from '../../release/pointer-move';
import type { TagPointer } from '../../release/project';
import { fillName, nextNumber, refNameProblem } from '../../release/ref-names';
import { newestVersion } from '../../release/version-order';
import { taggedVersions, type Workspace } from '../repository';
import { programFinding } from './findings';
import type { PointerPlan, PointerTarget } from './pointer-kind';
import type { Scene } from './scene';

/** What the creation of the tag would do, and how it would be undone. Throws VERSION_MALFORMED. */
export async function planTag(scene: Scene, target: PointerTarget<TagPointer>): Promise<PointerPlan<TagMove>> {
  const { workspace, claimant } = scene;
  const { release } = claimant;
  const name = fillName(target.pointer.name, { version: release.version });
  const problem = refNameProblem(name);
  if (problem) throw new SlipwayError('VERSION_MALFORMED', { version: release.version, detail: `${name}: ${problem}` });
  const ref = `refs/tags/${name}`;
  const message = releaseMessage(release.version, release.id);
  const tagObject = formatTag({ name, commit: target.commit, at: release.requestedAt, message });
  const from = (await workspace.ref(ref)) ?? null;
  const at = from && ((await workspace.ref(`${ref}^{commit}`)) ?? from);
  const move: TagMove = {
    version: 1,
    kind: 'tag',
    service: target.service.name,
    ref,
    from,
    to: await scene.host.tagObject(tagObject),
    commit: target.commit,
    previous: target.previous,
    tagObject,
    undo: await planUndo(workspace, target),
  };
  const inPlace = at === target.commit;
  return { move, inPlace, movable: movable(move, at, target), wayBack: await wayBack(workspace, target, move) };
}

async function planUndo(workspace: Workspace, { pointer, previous }: PointerTarget<TagPointer>): Promise<TagUndo> {
  const { undo } = pointer;
  const deletable = undo.by === 'delete' || ('deleteBadTag' in undo && undo.deleteBadTag);
  if (undo.by === 'none') return { by: 'none', reason: 'forward-only, as configured' };
  if (previous === null && !deletable) return { by: 'none', reason: 'first release: nothing ran before' };
  if (previous === null || undo.by === 'delete') return { by: 'delete' };
  if (undo.by === 'command') return { by: 'command', ...undo.command, deleteBadTag: undo.deleteBadTag };
  const name = fillName(undo.name, { previous: previous.version });
  const tags = [...(await workspace.refs()).keys()].filter((ref) => ref.startsWith('refs/tags/'));
  const n = nextNumber(
    name,
    tags.map((ref) => ref.replace('refs/tags/', '')),
  );
  return { by: 'new-tag', name, n, commit: previous.commit, deleteBadTag: undo.deleteBadTag };
}

function movable(move: TagMove, at: string | null, target: PointerTarget): Finding {
  const name = move.ref.replace('refs/tags/', '');
  if (at === null) return { verdict: 'passed', detail: `tag ${name} is free` };
  if (at === target.commit && target.previous?.commit === at) {
    return { verdict: 'passed', detail: `tag ${name} names ${shortId(at)}, which is live` };
  }
  const instead =
    at === target.commit
      ? 'so a push of it would start nothing: choose another version'
      : `not ${shortId(target.commit)}: choose another version, or delete the tag if nothing ever ran from it`;
  return { verdict: 'failed', detail: `tag ${name} is there already and names ${shortId(at)}, ${instead}` };
}

async function wayBack(workspace: Workspace, target: PointerTarget<TagPointer>, move: TagMove): Promise<Finding> {
  const { previous, undo } = move;
  if (previous === null) return { verdict: 'passed', detail: 'first release: no way back' };
  if (undo.by === 'none') return { verdict: 'passed', detail: `no way back: ${undo.reason}` };
  if (!(await workspace.history.hasCommits([previous.commit]))) {
    return { verdict: 'failed', detail: `the previous commit ${shortId(previous.commit)} is not in the repository` };
  }
  const what = `${previous.version} (${shortId(previous.commit)})`;
  switch (undo.by) {
    case 'new-tag': {
      const name = fillName(undo.name, { n: undo.n });
      const problem = refNameProblem(name);
      if (problem) return { verdict: 'failed', detail: `${name} cannot be a tag: ${problem}` };
      return { verdict: 'passed', detail: `tag ${name} on ${what}` };
    }
    case 'recreate':
    case 'same':
    case 'delete':
      return wayBackByDelete(workspace, target, what, previous.commit);
    case 'command':
      return programFinding(undo.argv, `brings ${what} back`);
  }
}

/** A deployer that follows the highest tag goes back to whatever is highest then: it must be the previous version. */
async function wayBackByDelete(
  workspace: Workspace,
  { pointer }: PointerTarget<TagPointer>,
  what: string,
  previous: string,
): Promise<Finding> {
  const versions = await taggedVersions(workspace, pointer.name);
  const highest = newestVersion([...versions.keys()]);
  if (highest === undefined || versions.get(highest) !== previous) {
    const instead =
      highest === undefined ? 'no tag is left' : `the highest tag is ${fillName(pointer.name, { version: highest })}`;
    return { verdict: 'failed', detail: `once the tag is deleted, ${instead}, not that of ${what}` };
  }
  const doubt = workspace.github ? '' : '; whether the remote allows deletion cannot be seen in advance';
  return { verdict: 'passed', detail: `delete the tag; ${what} is the highest then${doubt}` };
}
