/** Which of two releases that wait gives way, where newer versions replace older ones. */
import type { Relation } from './facts';
import type { ReleaseKind } from './rule-words';

/**
 * How one release lies to another, from how each of its services does: newer or older if all of them are so or the same,
 * and one at least is not the same; undefined if neither can be said of all. A version's name decides nothing.
 */
export function relationOfAll(relations: readonly Relation[]): 'newer' | 'older' | undefined {
  const only = (which: Relation) =>
    relations.includes(which) && relations.every((relation) => relation === which || relation === 'same');
  if (only('newer')) return 'newer';
  return only('older') ? 'older' : undefined;
}

/** Whether one that waits may be replaced by another: a hotfix is wanted now, and gives way to a hotfix only. */
export const mayReplace = (replaced: ReleaseKind = 'normal', by: ReleaseKind = 'normal'): boolean =>
  replaced !== 'hotfix' || by === 'hotfix';
