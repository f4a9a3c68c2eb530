/** What a release may do with a fence that it sees: decisions only; activities/pointers carries them out. */
import { fenceHolder, type FenceValue } from './fence';
import type { ReleaseRef } from './identity';

/** Who asks: a release, on a cluster. */
export interface Claimant {
  readonly release: ReleaseRef;
  readonly cluster: string;
}

/** A fence as seen: no ref; a ref that this version cannot read; or a value. */
export type SeenFence =
  | { readonly state: 'absent' }
  | { readonly state: 'unreadable' }
  | { readonly state: 'seen'; readonly value: FenceValue };

/** Whether `value` names this very release: same workflow, same run, same cluster. */
export function isOurs(value: FenceValue, { release, cluster }: Claimant): boolean {
  return value.holder === release.id && value.run === release.runId && value.cluster === cluster;
}

export type TakeDecision =
  | { readonly kind: 'take' }
  | { readonly kind: 'already'; readonly value: FenceValue }
  /** Held by a release of the same cluster: it is taken over if that release is no longer running. */
  | { readonly kind: 'ask'; readonly value: FenceValue }
  | { readonly kind: 'held'; readonly holder: string; readonly since: string }
  /** Ours, but it was raised for our undo: a late attempt. */
  | { readonly kind: 'fenced'; readonly holder: string };

/** May the claimant take the fence? */
export function judgeTake(seen: SeenFence, claimant: Claimant): TakeDecision {
  if (seen.state === 'absent') return { kind: 'take' };
  if (seen.state === 'unreadable')
    return { kind: 'held', holder: 'something that this version cannot read', since: 'unknown' };
  const { value } = seen;
  // Its own too: a release whose plan changed gives the environment back, and takes it again later.
  if (value.state === 'free') return { kind: 'take' };
  if (isOurs(value, claimant)) {
    if (value.state === 'held') return { kind: 'already', value };
    return { kind: 'fenced', holder: describeHolder(seen, claimant) };
  }
  if (value.cluster === claimant.cluster) return { kind: 'ask', value };
  return { kind: 'held', holder: fenceHolder(value), since: `since ${value.since}` };
}

/** The fence, if the claimant holds it in one of `states`; otherwise who has it, in words. */
export function requireFence(
  seen: SeenFence,
  claimant: Claimant,
  states: readonly FenceValue['state'][],
): { readonly value: FenceValue } | { readonly holder: string } {
  const ours = seen.state === 'seen' && isOurs(seen.value, claimant) && states.includes(seen.value.state);
  return ours ? { value: seen.value } : { holder: describeHolder(seen, claimant) };
}

/** What a change of a fence sets; everything else is carried on, or emptied when another takes it. */
export interface FenceChange {
  readonly state: FenceValue['state'];
  readonly step: string;
  readonly moved?: string;
  readonly undone?: string;
}

/** The next value of the fence: the same for every attempt at the same change of the same value. */
export function nextFence(seen: SeenFence, claimant: Claimant, change: FenceChange): FenceValue {
  const before = seen.state === 'seen' ? seen.value : undefined;
  const own = before && before.state !== 'free' && isOurs(before, claimant) ? before : undefined;
  return {
    version: 1,
    state: change.state,
    holder: claimant.release.id,
    run: claimant.release.runId,
    cluster: claimant.cluster,
    number: (before?.number ?? 0) + 1,
    step: change.step,
    since: claimant.release.requestedAt,
    moved: withItem(own?.moved ?? [], change.moved),
    undone: withItem(own?.undone ?? [], change.undone),
  };
}

function withItem(list: readonly string[], item: string | undefined): readonly string[] {
  return item === undefined || list.includes(item) ? list : [...list, item];
}

function describeHolder(seen: SeenFence, claimant: Claimant): string {
  if (seen.state === 'absent') return 'nobody (the fence is gone)';
  if (seen.state === 'unreadable') return 'something that this version cannot read';
  if (!isOurs(seen.value, claimant)) return fenceHolder(seen.value);
  const state = { held: 'its forward path', undoing: 'its rollback', free: 'its end' }[seen.value.state];
  return `${state} (step ${seen.value.step})`;
}
