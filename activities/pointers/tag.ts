import { SlipwayError } from '../../release/errors';
import type { Finding } from '../../release/facts';
import { formatTag, releaseMessage, rollbackMessage } from '../../release/git-objects';
import { shortId } from '../../release/identity';
import type { LiveIdentity, TagMove, TagUndo } from '../../release/pointer-move';
import type { TagPointer } from '../../release/project';
import { fillName, nextNumber, refNameProblem } from '../../release/ref-names';
import { newestVersion } from '../../release/version-order';
import { taggedVersions, type Workspace } from '../repository';
import { makeTag } from './fence-object';
import { conflict, fenceOf, moveRef, noWayBack, putBack, withFence } from './move-ref';
import type { MoveOutcome, PointerKind, PointerPlan, PointerTarget, UndoOutcome } from './pointer-kind';
import { untilDone } from './push';
import { awaitQuiet } from './quiet';
import { bring, observe, type Scene, type Sight } from './scene';
import { hasProgram, runUndoCommand } from './undo-command';

/** A release is the creation of an annotated tag. */
export const tag: PointerKind<TagPointer, TagMove> = {
  async plan(scene, target): Promise<PointerPlan<TagMove>> {
    const { workspace, claimant } = scene;
    const { release } = claimant;
    const name = fillName(target.pointer.name, { version: release.version });
    const problem = refNameProblem(name);
    if (problem)
      throw new SlipwayError('VERSION_MALFORMED', { version: release.version, detail: `${name}: ${problem}` });
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
      to: await makeTag(workspace, tagObject),
      commit: target.commit,
      previous: target.previous,
      tagObject,
      undo: await planUndo(workspace, target),
    };
    const inPlace = at === target.commit;
    return { move, inPlace, movable: movable(move, at, target), wayBack: await wayBack(workspace, target, move) };
  },

  async move(scene, _pointer, move): Promise<MoveOutcome> {
    // A tag is only ever created, also where the plan has seen one.
    const how = await moveRef(
      scene,
      'move-tag',
      { ...move, from: null },
      {
        prepare: async () => {
          await requireCommit(scene, move.commit, move);
          const made = await makeTag(scene.workspace, move.tagObject);
          if (made !== move.to) {
            throw new SlipwayError('INTERNAL', { detail: `the tag came out as ${made}, the plan says ${move.to}` });
          }
        },
        conflict: (actual) => tagExists(move, actual),
      },
    );
    return { how, identity: { commit: move.commit, version: scene.claimant.release.version } };
  },

  async undo(scene, pointer, move): Promise<UndoOutcome> {
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
    return { how: acted ? 'restored' : 'already', identity: identityBefore(move) };
  },
};

async function planUndo(workspace: Workspace, { pointer, previous }: PointerTarget<TagPointer>): Promise<TagUndo> {
  const { undo } = pointer;
  const deletable = undo.by === 'delete' || ('deleteBadTag' in undo && undo.deleteBadTag);
  if (undo.by === 'none') return { by: 'none', reason: 'forward-only, as configured' };
  if (previous === null && !deletable) return { by: 'none', reason: 'first release: nothing ran before' };
  if (previous === null || undo.by === 'delete') return { by: 'delete' };
  if (undo.by === 'command') return { by: 'command', ...undo.command, deleteBadTag: undo.deleteBadTag };
  const name = fillName(undo.name, { previous: previous.version });
  const { stdout } = await workspace.localOutput(['for-each-ref', '--format=%(refname:lstrip=2)', 'refs/tags/']);
  const n = nextNumber(name, stdout.split('\n'));
  return { by: 'new-tag', name, n, commit: previous.commit, deleteBadTag: undo.deleteBadTag };
}

function movable(move: TagMove, at: string | null, target: PointerTarget): Finding {
  const name = shortName(move);
  if (at === null) return { verdict: 'passed', detail: `tag ${name} is free` };
  if (at === target.commit && target.previous?.commit === at) {
    return { verdict: 'passed', detail: `tag ${name} names ${shortId(at)}, which is live` };
  }
  return { verdict: 'failed', detail: `tag ${name} is there already and names ${shortId(at)}` };
}

async function wayBack(workspace: Workspace, target: PointerTarget<TagPointer>, move: TagMove): Promise<Finding> {
  const { previous, undo } = move;
  if (previous === null) return { verdict: 'passed', detail: 'first release: no way back' };
  if (undo.by === 'none') return { verdict: 'passed', detail: `no way back: ${undo.reason}` };
  if (!(await workspace.has([previous.commit]))) {
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
    case 'delete':
      return wayBackByDelete(workspace, target, what, previous.commit);
    case 'command':
      return (await hasProgram(undo.argv))
        ? { verdict: 'passed', detail: `${undo.argv[0] ?? ''} brings ${what} back; it is on this worker` }
        : { verdict: 'failed', detail: `this worker has no program ${undo.argv[0] ?? ''}` };
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
  const doubt = 'whether the remote allows deletion cannot be seen in advance';
  return { verdict: 'passed', detail: `delete the tag; ${what} is the highest then; ${doubt}` };
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
          return [{ ref, from: null, to: await makeTag(scene.workspace, text) }];
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
  if (undo.by === 'delete' && sight.refs.has(move.ref))
    throw conflict(move.ref, sight.refs.get(move.ref) ?? null, null);
  if (undo.by !== 'new-tag') return;
  if (!(await bring(scene, [undo.commit]))) throw lostPrevious(move, undo.commit);
  const last = nextNumber(
    undo.name,
    [...sight.refs.keys()].map((ref) => ref.replace('refs/tags/', '')),
  );
  for (let n = undo.n; n < last; n++) {
    const { ref, text } = rollbackTag(scene, move, undo, n);
    if (sight.refs.get(ref) === (await makeTag(scene.workspace, text))) return;
  }
  throw conflict(`refs/tags/${undo.name}`, null, undo.commit);
}

function rollbackTag(scene: Scene, move: TagMove, undo: Extract<TagUndo, { by: 'new-tag' }>, n: number) {
  const { release } = scene.claimant;
  const name = fillName(undo.name, { n });
  const message = rollbackMessage(move.previous?.version ?? shortId(undo.commit), release.version, release.id);
  return { ref: `refs/tags/${name}`, text: formatTag({ name, commit: undo.commit, at: release.requestedAt, message }) };
}

async function requireCommit(scene: Scene, commit: string, move: TagMove): Promise<void> {
  if (await bring(scene, [commit])) return;
  throw new SlipwayError('COMMIT_NOT_ON_TRUNK', { service: move.service, commit, trunk: scene.repository.trunk });
}

function tagExists(move: TagMove, actual: string | null): SlipwayError {
  if (actual === null) return conflict(move.ref, actual, move.from);
  return new SlipwayError('TAG_EXISTS', { tag: shortName(move), actual: shortId(actual), expected: shortId(move.to) });
}

function lostPrevious(move: TagMove, commit: string): SlipwayError {
  const detail = `the previous commit ${shortId(commit)} is no longer in the repository`;
  return new SlipwayError('NO_WAY_BACK', { service: move.service, detail });
}

const identityBefore = (move: TagMove): LiveIdentity | null => move.previous;
const shortName = (move: TagMove): string => move.ref.replace('refs/tags/', '');

/** The bad tag, and every rollback tag. */
function patterns(move: TagMove): string[] {
  const { undo } = move;
  return undo.by === 'new-tag' ? [move.ref, `refs/tags/${fillName(undo.name, { n: '*' })}`] : [move.ref];
}
