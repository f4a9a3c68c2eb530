/** Where on its way a release asks people, and which of an environment's approvals a release needs at all. */
import type { PlannedService } from './plan';
import type { ApprovalRule } from './project';
import { approvalPlaces, type ApprovalOccasion, type ApprovalPlace } from './rule-words';

/** Where a rule asks; older ones do not say it. */
export const placeOf = ({ at = 'before-migrating' }: Pick<ApprovalRule, 'at'>): ApprovalPlace => at;

/** In words, behind the name of an approval. */
export const placeWords: Readonly<Record<ApprovalPlace, string>> = {
  'before-migrating': 'before anything changes',
  'before-moving': 'before the pointers move',
  'after-smoke': 'after the smoke checks',
};

/** Milliseconds that a place waits where nothing is written: nobody else can release while the environment is held. */
export const usualTimeout: Readonly<Record<ApprovalPlace, number>> = {
  'before-migrating': 24 * 3_600_000,
  'before-moving': 3_600_000,
  'after-smoke': 3_600_000,
};

/** The approvals that a release of these services needs, in the order of their places. */
export function dueApprovals(rules: readonly ApprovalRule[], services: readonly PlannedService[]): ApprovalRule[] {
  const scripts = services.flatMap(({ database }) => database?.scripts ?? []);
  const isDue: Readonly<Record<ApprovalOccasion, boolean>> = {
    always: true,
    migrations: scripts.length > 0,
    destructive: scripts.some(({ destroys }) => destroys !== undefined),
  };
  const moves = services.some(({ untouched }) => !untouched);
  return approvalPlaces.flatMap((place) =>
    rules.filter(
      (rule) => placeOf(rule) === place && isDue[rule.when ?? 'always'] && (moves || place !== 'before-moving'),
    ),
  );
}
