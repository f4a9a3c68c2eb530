import { placeOf } from './approval-place';
import type { ApprovalPlace } from './rule-words';
import { unticked, type Tick } from './checklist';
import type { IdentityProof } from './decision';
import type { Override } from './override';
import type { Plan } from './plan';
import type { ApprovalRule } from './project';

/** A decision that counts towards the approval rules. */
export interface Approval {
  /** The one name of this person. */
  readonly by: string;
  readonly digest: string;
  readonly decisionId: string;
  readonly comment: string;
  /** How sure it is who gave it; older ones lack it, and were claimed. */
  readonly proof?: IdentityProof;
  /** Teams of GitHub in which they were found. */
  readonly teams?: readonly string[];
  /** Where the release asked; absent = before migrating. */
  readonly place?: ApprovalPlace;
  /** Names of the rules towards which it counts; older ones lack it: then every rule that takes this person. */
  readonly counts?: readonly string[];
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** What people have said so far. Whatever is absent was not said. */
export interface Said {
  readonly approvals: readonly Approval[];
  readonly ticks?: readonly Tick[];
  readonly overrides?: readonly Override[];
}

/** Where one rule stands. */
export interface ApprovalStanding {
  readonly rule: ApprovalRule;
  /** In words: `ada (signed)`. */
  readonly approvedBy: readonly string[];
  /** The same people by their names alone. */
  readonly people: readonly string[];
  readonly missing: number;
  /** Items of its checklist that nobody has ticked. */
  readonly unticked: readonly string[];
  /** Somebody has overridden its guard: one approval is enough, whoever gives it. */
  readonly overridden: boolean;
}

/** How far the rules of the plan are, in the order of their places; of one place only, if it is given. */
export function approvalStandings(plan: Plan, said: Said, place?: ApprovalPlace): ApprovalStanding[] {
  return plan.approvals
    .filter((rule) => place === undefined || placeOf(rule) === place)
    .map((rule) => {
      const people = new Map<string, boolean>();
      for (const approval of said.approvals.filter((each) => countsFor(plan, rule, each))) {
        people.set(approval.by, people.get(approval.by) === true || approval.proof === 'signed');
      }
      const overridden = isOverridden(rule, said.overrides);
      const required = overridden ? Math.min(1, rule.required) : rule.required;
      return {
        rule,
        approvedBy: [...people].map(([name, isSigned]) => (isSigned ? `${name} (signed)` : name)),
        people: [...people.keys()],
        missing: Math.max(0, required - people.size),
        unticked: unticked(`approval:${rule.name}`, rule.checklist ?? [], plan, said.ticks),
        overridden,
      };
    });
}

/** Whether every rule (of one place) has what it asks for. */
export function isApproved(plan: Plan, said: Said, place?: ApprovalPlace): boolean {
  return approvalStandings(plan, said, place).every(isComplete);
}

/** Whether nothing is missing any more. */
export const isComplete = ({ missing, unticked: open }: ApprovalStanding): boolean =>
  missing === 0 && open.length === 0;

function countsFor({ digest }: Plan, rule: ApprovalRule, approval: Approval): boolean {
  if (approval.digest !== digest || (approval.place ?? 'before-migrating') !== placeOf(rule)) return false;
  if (approval.counts) return approval.counts.includes(rule.name);
  return mayApprove(rule, approval.by, approval.teams) && isSureEnough(rule, approval.proof);
}

/** The name under which a rule's guard is overridden. */
export const guardOf = ({ name }: Pick<ApprovalRule, 'name'>): string => `approval:${name}`;

/** Whether a person has overridden the guard of a rule, which must be soft for that. */
export function isOverridden(rule: ApprovalRule, overrides: readonly Override[] = []): boolean {
  return rule.guard === 'soft' && overrides.some(({ guard }) => guard === guardOf(rule));
}

/** Whether a rule takes an approval that is proven so far. */
export function isSureEnough({ signed }: Pick<ApprovalRule, 'signed'>, proof: IdentityProof | undefined): boolean {
  return signed !== 'required' || proof === 'signed';
}

/**
 * Whether `person`, by their one name, may say yes under `rule`; a rule without names takes anyone. `teams` are those of
 * GitHub in which they were found.
 */
export function mayApprove(
  { approvers, members = approvers }: ApprovalRule,
  person: string,
  teams: readonly string[] = [],
): boolean {
  return approvers.length === 0 || [person, ...teams].some((name) => members.includes(name));
}
