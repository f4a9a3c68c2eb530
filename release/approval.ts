import type { Decision } from './decision';
import type { Plan } from './plan';
import { namesDigest } from './plan-digest';
import type { ApprovalRule } from './project';

/** A decision that counts towards the approval rules. */
export interface Approval {
  readonly by: string;
  readonly digest: string;
  readonly decisionId: string;
  readonly comment: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** Where one rule stands. */
export interface ApprovalStanding {
  readonly rule: ApprovalRule;
  readonly approvedBy: readonly string[];
  readonly missing: number;
}

/** How far every rule of the plan is. */
export function approvalStandings(plan: Plan, approvals: readonly Approval[]): ApprovalStanding[] {
  return plan.approvals.map((rule) => {
    const people = new Set(
      approvals.filter(({ by, digest }) => digest === plan.digest && mayApprove(rule, by)).map(({ by }) => by),
    );
    return { rule, approvedBy: [...people], missing: Math.max(0, rule.required - people.size) };
  });
}

/** Whether every rule has what it asks for. */
export function isApproved(plan: Plan, approvals: readonly Approval[]): boolean {
  return approvalStandings(plan, approvals).every(({ missing }) => missing === 0);
}

/**
 * Judges an approval of `plan`. Returns undefined if it counts, else one sentence: why not and what to do.
 * It counts if it names this plan's digest, comes from an approver of a rule that still lacks one, and acknowledges
 * all that must be acknowledged.
 */
export function refuseApproval(plan: Plan, approvals: readonly Approval[], decision: Decision): string | undefined {
  if (!namesDigest(plan.digest, decision.digest)) {
    return `it names plan ${decision.digest.slice(0, 12)}, but the plan is now ${plan.digest.slice(0, 12)}: read that one, then approve it`;
  }
  const rules = plan.approvals.filter((rule) => mayApprove(rule, decision.by));
  if (rules.length === 0) {
    const names = [...new Set(plan.approvals.flatMap(({ approvers }) => approvers))];
    return `${decision.by} is no approver here (approvers: ${names.join(', ')})`;
  }
  const missing = plan.acknowledgements.filter(({ id }) => !decision.acknowledge.includes(id));
  if (missing.length > 0) {
    return `it must acknowledge ${missing.map(({ id, text }) => `${id} (${text})`).join(', ')}`;
  }
  if (approvals.some(({ by, digest }) => by === decision.by && digest === plan.digest)) {
    return `${decision.by} has approved this plan already`;
  }
  return undefined;
}

/** Whether `person` may say yes under `rule`; a rule without names takes anyone. */
export function mayApprove(rule: ApprovalRule, person: string): boolean {
  return rule.approvers.length === 0 || rule.approvers.includes(person);
}
