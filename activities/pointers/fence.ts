/** The fence: taking, raising and freeing it in one repository, each by compare-and-swap and read back. */
import { SlipwayError } from '../../release/errors';
import { type FenceValue, fenceHolder } from '../../release/fence';
import { judgeTake, nextFence, requireFence, type FenceChange } from '../../release/fence-rules';
import { fenceRef, recoveryWorkflowId } from '../../release/identity';
import { maskUrl } from '../../release/git-answers';
import { makeFence } from './fence-object';
import type { RefUpdate } from '../repository';
import { untilDone, type Round } from './push';
import { bring, observe, type Scene, type Sight } from './scene';

/** The fence as a release took it. */
export interface TakenFence {
  /** Address as configured. */
  readonly repository: string;
  readonly number: number;
  /** The release, no longer running, from which it was taken over. */
  readonly tookOverFrom?: { readonly id: string; readonly runId: string };
}

/**
 * Makes the fence ours. Throws FENCE_HELD if another holds it (or may: where it cannot be told whether that release
 * still runs), and FENCED if our own rollback has raised it.
 */
export async function takeFence(scene: Scene, commit: string): Promise<TakenFence> {
  const { claimant, repository } = scene;
  let tookOverFrom: TakenFence['tookOverFrom'];
  const { result } = await untilDone<FenceValue>(scene, 'fence-take', async () => {
    const sight = await observe(scene, []);
    const decision = judgeTake(sight.fence, claimant);
    switch (decision.kind) {
      case 'already':
        return { done: decision.value };
      case 'fenced':
        throw new SlipwayError('FENCED', { holder: decision.holder, what: fenceRef(claimant.release) });
      case 'held':
        throw heldError(scene, decision.holder, decision.since);
      case 'ask':
        await requireDead(scene, decision.value);
        tookOverFrom = { id: decision.value.holder, runId: decision.value.run };
        return changeFence(scene, sight, commit, { state: 'held', step: 'take' });
      case 'take':
        tookOverFrom = undefined;
        return changeFence(scene, sight, commit, { state: 'held', step: 'take' });
    }
  });
  const taken = { repository: maskUrl(repository.url), number: result.number };
  return tookOverFrom === undefined ? taken : { ...taken, tookOverFrom };
}

/** Turns our held fence into one that lets only our undo through. `not-held`: it is not ours, so there is nothing to raise. */
export async function raiseFence(scene: Scene, commit: string): Promise<{ how: 'raised' | 'already' | 'not-held' }> {
  const { result, acted } = await untilDone<'undoing' | 'not-held'>(scene, 'fence-raise', async () => {
    const sight = await observe(scene, []);
    if ('value' in requireFence(sight.fence, scene.claimant, ['undoing'])) return { done: 'undoing' };
    if (!('value' in requireFence(sight.fence, scene.claimant, ['held']))) return { done: 'not-held' };
    return changeFence(scene, sight, commit, { state: 'undoing', step: 'raise' });
  });
  return { how: result === 'not-held' ? 'not-held' : acted ? 'raised' : 'already' };
}

/** Gives our fence back; one that is not ours stays as it is. */
export async function freeFence(scene: Scene, commit: string): Promise<{ how: 'freed' | 'not-held' }> {
  const { acted } = await untilDone(scene, 'fence-free', async () => {
    const sight = await observe(scene, []);
    if (!('value' in requireFence(sight.fence, scene.claimant, ['held', 'undoing']))) return { done: undefined };
    return changeFence(scene, sight, commit, { state: 'free', step: 'free' });
  });
  return { how: acted ? 'freed' : 'not-held' };
}

/** The update that brings the fence from what was seen to its next value. */
export async function fenceUpdate(scene: Scene, sight: Sight, commit: string, change: FenceChange): Promise<RefUpdate> {
  if (!(await bring(scene, [commit]))) {
    const { url, trunk } = scene.repository;
    throw new SlipwayError('COMMIT_NOT_ON_TRUNK', { service: maskUrl(url), commit, trunk });
  }
  const value = nextFence(sight.fence, scene.claimant, change);
  const to = await makeFence(scene.host, value, commit);
  return { ref: fenceRef(scene.claimant.release), from: sight.fenceId, to };
}

async function changeFence<T>(scene: Scene, sight: Sight, commit: string, change: FenceChange): Promise<Round<T>> {
  return { push: [await fenceUpdate(scene, sight, commit, change)] };
}

async function requireDead(scene: Scene, value: FenceValue): Promise<void> {
  const { isReleaseOpen } = scene.surroundings;
  const open = await isReleaseOpen(value.holder, value.run);
  // Someone may be recovering it, under its name.
  const recovering = open === false ? await isReleaseOpen(recoveryWorkflowId(value.holder), '') : false;
  if (open === false && recovering === false) return;
  const isUnknown = open === undefined || recovering === undefined;
  const doubt = isUnknown ? '; could not tell whether it still runs' : recovering ? '; it is being recovered' : '';
  throw heldError(scene, fenceHolder(value), `since ${value.since}${doubt}`);
}

function heldError(scene: Scene, holder: string, since: string): SlipwayError {
  return new SlipwayError('FENCE_HELD', { environment: scene.claimant.release.environment, holder, since });
}
