/** Tags where no new version is released: back to one that ran before, or the one that runs once more. */
import type { Finding } from '../../release/facts';
import { formatTag, redeployMessage, rollbackMessage } from '../../release/git-objects';
import { shortId } from '../../release/identity';
import type { TagMove, TagUndo } from '../../release/pointer-move';
import type { TagPointer, TagUndoPolicy } from '../../release/project';
import { fillName, nextNumber, refNameProblem } from '../../release/ref-names';
import { newestVersion } from '../../release/version-order';
import { taggedVersions, type Workspace } from '../repository';
import { backAgain, failed, forwardOnly, passed, programFinding } from './findings';
import type { PointerPlan, PointerTarget } from './pointer-kind';
import type { Scene } from './scene';

type Target = PointerTarget<TagPointer>;

/** What brings `target.commit` back by the pointer's own means of undo, and how that is taken back: by the same. */
export async function planTagBack(scene: Scene, target: Target): Promise<PointerPlan<TagMove>> {
  const { undo } = target.pointer;
  switch (undo.by) {
    case 'new-tag':
      return backByTag(scene, target, undo);
    case 'delete':
      return backByDelete(scene, target);
    case 'command':
      return backByCommand(scene, target, undo);
    case 'none': {
      const move = await tagOf(scene, target, newName(target), '', {
        by: 'none',
        reason: 'forward-only, as configured',
      });
      return { move, inPlace: false, movable: forwardOnly, wayBack: forwardOnly };
    }
  }
}

/** What makes the host build the version that runs once more. */
export async function planTagAgain(scene: Scene, target: Target): Promise<PointerPlan<TagMove>> {
  const { pointer, commit } = target;
  const said = pointer.redeploy;
  const nothing: TagUndo = { by: 'same' };
  if (said?.by === 'command') {
    const move = await byCommand(scene, target, said.command, nothing);
    return { move, inPlace: false, movable: await programFinding(said.command.argv), wayBack: unchanged };
  }
  const pattern = fillName(said?.name ?? pointer.name.replaceAll('{version}', '{version}-redeploy.{n}'), {
    version: newName(target),
  });
  const name = await nextFree(scene.workspace, pattern);
  const { id, version } = scene.claimant.release;
  const move = await tagOf(scene, target, name, redeployMessage(target.brings ?? version, id), nothing);
  if (said === undefined && pointer.undo.by === 'delete') {
    const no = `this host follows the highest tag, and ${name} sorts below: set \`redeploy\` to a name or a command that it acts on`;
    return { move, inPlace: false, movable: failed(no), wayBack: unchanged };
  }
  return { move, inPlace: false, movable: await creatable(scene, name, commit), wayBack: unchanged };
}

const unchanged: Finding = { verdict: 'passed', detail: 'the version that runs does not change' };

/** As the undo of a release does it: a new tag on the commit. */
async function backByTag(
  scene: Scene,
  target: Target,
  undo: Extract<TagUndoPolicy, { by: 'new-tag' }>,
): Promise<PointerPlan<TagMove>> {
  const { workspace, claimant } = scene;
  const { previous, commit } = target;
  const { version, id } = claimant.release;
  const name = await nextFree(workspace, fillName(undo.name, { previous: newName(target) }));
  const message = rollbackMessage(target.brings ?? version, previous?.version ?? 'what ran', id);
  const wayUndone: TagUndo =
    previous === null
      ? { by: 'none', reason: 'it is not known what ran before' }
      : {
          by: 'new-tag',
          ...(await numbered(workspace, fillName(undo.name, { previous: previous.version }))),
          commit: previous.commit,
          deleteBadTag: undo.deleteBadTag,
        };
  const made = await tagOf(scene, target, name, message, wayUndone);
  const bad = undo.deleteBadTag ? await badTag(workspace, target, undo.name) : undefined;
  const move = bad ? { ...made, deletes: bad } : made;
  return { move, inPlace: false, movable: await creatable(scene, name, commit), wayBack: backAgain(target.previous) };
}

/** A host that follows the highest tag: that must be the version which is wanted. */
async function backByDelete(scene: Scene, target: Target): Promise<PointerPlan<TagMove>> {
  const { workspace } = scene;
  const { pointer, commit, previous } = target;
  const versions = await taggedVersions(workspace, pointer.name);
  const bad = await badTag(workspace, target, undefined);
  const left = previous?.version ?? '';
  const others = new Map([...versions].filter(([version]) => version !== left));
  const highest = newestVersion([...others.keys()]);
  const wanted = newName(target);
  if (bad && highest !== undefined && others.get(highest) === commit) {
    const move: TagMove = {
      ...(await tagOf(scene, target, wanted, '', await recreation(scene, bad))),
      ref: bad.ref,
      from: bad.names,
      to: bad.names,
      act: { by: 'delete' },
    };
    const movable = passed(`once ${bad.ref.replace('refs/tags/', '')} is deleted, ${highest} is the highest`);
    return { move, inPlace: false, movable, wayBack: backAgain(target.previous) };
  }
  const name = fillName(pointer.name, { version: wanted });
  const move = await tagOf(scene, target, name, rollbackMessage(wanted, left, scene.claimant.release.id), {
    by: 'delete',
  });
  const isHighest = !versions.has(wanted) && newestVersion([...versions.keys(), wanted]) === wanted;
  const movable = isHighest
    ? await creatable(scene, name, commit)
    : failed(
        `the host follows the highest tag: once that of ${left || 'what runs'} is deleted, ${highest === undefined ? 'none is left' : `it is that of ${highest}`}, not of ${wanted}`,
      );
  return { move, inPlace: false, movable, wayBack: backAgain(target.previous) };
}

async function backByCommand(
  scene: Scene,
  target: Target,
  undo: Extract<TagUndoPolicy, { by: 'command' }>,
): Promise<PointerPlan<TagMove>> {
  const again: TagUndo = { by: 'command', ...undo.command, deleteBadTag: false };
  const made = await byCommand(scene, target, undo.command, again);
  const bad = undo.deleteBadTag ? await badTag(scene.workspace, target, undefined) : undefined;
  const move = bad ? { ...made, deletes: bad } : made;
  return {
    move,
    inPlace: false,
    movable: await programFinding(undo.command.argv),
    wayBack: backAgain(target.previous),
  };
}

/** The ref is that of the version which is left, or of the one that comes: the command need not touch it. */
async function byCommand(
  scene: Scene,
  target: Target,
  command: { readonly argv: readonly string[]; readonly timeout: number },
  undo: TagUndo,
): Promise<TagMove> {
  const ref = `refs/tags/${fillName(target.pointer.name, { version: target.previous?.version ?? newName(target) })}`;
  const at = (await scene.workspace.ref(ref)) ?? null;
  const move = await tagOf(scene, target, newName(target), '', undo);
  return { ...move, ref, from: at, to: at ?? target.commit, act: { by: 'command', ...command } };
}

/** The creation of a tag of this name on the commit. */
async function tagOf(scene: Scene, target: Target, name: string, message: string, undo: TagUndo): Promise<TagMove> {
  const { commit, previous, brings } = target;
  const tagObject = formatTag({ name, commit, at: scene.claimant.release.requestedAt, message });
  return {
    version: 1,
    kind: 'tag',
    service: target.service.name,
    ref: `refs/tags/${name}`,
    from: null,
    to: await scene.host.tagObject(tagObject),
    commit,
    previous,
    ...(brings !== undefined && { brings }),
    tagObject,
    undo,
  };
}

/** How a tag is made again as it is: by its text, from which its very object comes. */
async function recreation(scene: Scene, { ref, names }: { ref: string; names: string }): Promise<TagUndo> {
  const known = (await scene.workspace.refs()).get(ref);
  if (known !== undefined && known.object === known.target) return { by: 'recreate', tagObject: null };
  const { stdout } = await scene.workspace.localOutput(['cat-file', 'tag', names]);
  if ((await scene.host.tagObject(stdout)) === names) return { by: 'recreate', tagObject: stdout };
  return { by: 'none', reason: `tag ${ref.replace('refs/tags/', '')} cannot be made again as it is` };
}

/** The tag that put there what is left: one that an earlier rollback made, else the version's own. */
async function badTag(
  workspace: Workspace,
  { pointer, previous }: Target,
  rollbackName: string | undefined,
): Promise<{ ref: string; names: string } | undefined> {
  if (previous === null) return undefined;
  const refs = await workspace.refs();
  const own = fillName(pointer.name, { version: previous.version });
  const names = [...refs.keys()].map((ref) => ref.replace('refs/tags/', ''));
  const pattern = rollbackName && fillName(rollbackName, { previous: previous.version });
  const last = pattern === undefined ? 0 : nextNumber(pattern, names) - 1;
  const name = pattern !== undefined && last > 0 ? fillName(pattern, { n: last }) : own;
  const named = await workspace.ref(`refs/tags/${name}`);
  return named === undefined ? undefined : { ref: `refs/tags/${name}`, names: named };
}

async function nextFree(workspace: Workspace, pattern: string): Promise<string> {
  const { name, n } = await numbered(workspace, pattern);
  return fillName(name, { n });
}

async function numbered(workspace: Workspace, name: string): Promise<{ name: string; n: number }> {
  const tags = [...(await workspace.refs()).keys()].filter((ref) => ref.startsWith('refs/tags/'));
  const names = tags.map((ref) => ref.replace('refs/tags/', ''));
  return { name, n: nextNumber(name, names) };
}

async function creatable(scene: Scene, name: string, commit: string): Promise<Finding> {
  const problem = refNameProblem(name);
  if (problem) return failed(`${name} cannot be a tag: ${problem}`);
  if (!(await scene.workspace.history.hasCommits([commit])))
    return failed(`commit ${shortId(commit)} is no longer in the repository`);
  return passed(`tag ${name} on ${shortId(commit)}`);
}

const newName = ({ brings, commit }: Target): string => brings ?? shortId(commit);
