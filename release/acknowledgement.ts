/** What has no way back is acknowledged before anything changes, also where no approval is asked for there. */
import { placeOf, usualTimeout } from './approval-place';
import type { Plan } from './plan';
import type { ApprovalRule } from './project';
import type { ReleaseKind } from './rule-words';

/** A release that goes back, or stays where it is, is there to mend something: nobody is asked for more than its rules say. */
const asks: ReadonlySet<ReleaseKind> = new Set<ReleaseKind>(['normal', 'hotfix']);

/**
 * The approvals of a plan, with one more in front where something must be acknowledged and nobody would be asked until it has
 * happened: of those who approve later, or of anyone. A first release is always acknowledged; a point of no return that the
 * configuration wants (`undo: none`) only where people are asked at all.
 */
export function withAcknowledgement(
  approvals: readonly ApprovalRule[],
  acknowledgements: Plan['acknowledgements'],
  kind: ReleaseKind = 'normal',
): readonly ApprovalRule[] {
  const isAsked = approvals.some((rule) => placeOf(rule) === 'before-migrating');
  const needed = acknowledgements.filter(({ id }) => approvals.length > 0 || id.startsWith('no-way-back:'));
  if (isAsked || needed.length === 0 || !asks.has(kind)) return approvals;
  return [ruleFor(approvals), ...approvals];
}

function ruleFor(later: readonly ApprovalRule[]): ApprovalRule {
  const isOpen = later.length === 0 || later.some(({ approvers }) => approvers.length === 0);
  const union = (lists: readonly (readonly string[])[]) => (isOpen ? [] : [...new Set(lists.flat())]);
  return {
    name: freeName(later.map(({ name }) => name)),
    approvers: union(later.map(({ approvers }) => approvers)),
    members: union(later.map(({ approvers, members = approvers }) => members)),
    ...(later.length > 0 && later.every(({ signed }) => signed === 'required') && { signed: 'required' as const }),
    required: 1,
    timeout: usualTimeout['before-migrating'],
  };
}

function freeName(taken: readonly string[]): string {
  let name = 'acknowledgement';
  while (taken.includes(name)) name += '-first';
  return name;
}
