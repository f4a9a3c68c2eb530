import type { Decision, IdentityProof } from './decision';
import { personCalled, type WhoIsWho } from './people';
import type { Plan } from './plan';
import { namesDigest } from './plan-digest';
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
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** Where one rule stands. */
export interface ApprovalStanding {
  readonly rule: ApprovalRule;
  /** In words: `ada (signed)`. */
  readonly approvedBy: readonly string[];
  readonly missing: number;
}

/** How far every rule of the plan is. */
export function approvalStandings(plan: Plan, approvals: readonly Approval[]): ApprovalStanding[] {
  return plan.approvals.map((rule) => {
    const counting = approvals.filter(
      ({ by, digest, proof, teams }) =>
        digest === plan.digest && mayApprove(rule, by, teams) && isSureEnough(rule, proof),
    );
    const people = new Map(counting.map(({ by, proof }) => [by, proof === 'signed' ? `${by} (signed)` : by]));
    return { rule, approvedBy: [...people.values()], missing: Math.max(0, rule.required - people.size) };
  });
}

/** Whether every rule has what it asks for. */
export function isApproved(plan: Plan, approvals: readonly Approval[]): boolean {
  return approvalStandings(plan, approvals).every(({ missing }) => missing === 0);
}

/**
 * Judges an approval of `plan`. Returns undefined if it counts, else one sentence: why not and what to do.
 * It counts if it names this plan's digest, comes from an approver of a rule that still lacks one, and acknowledges
 * all that must be acknowledged. Neither a program nor, where the project names its people, a stranger can approve.
 */
export function refuseApproval(
  plan: Plan,
  approvals: readonly Approval[],
  decision: Decision,
  whoIsWho: WhoIsWho = {},
): string | undefined {
  if (!namesDigest(plan.digest, decision.digest)) {
    return `it names plan ${decision.digest.slice(0, 12)}, but the plan is now ${plan.digest.slice(0, 12)}: read that one, then approve it`;
  }
  const { person } = decision;
  const known = personCalled(whoIsWho, person);
  if (known?.bot) return `${person} is a program: it may ask for releases, and never approves one`;
  const rules = plan.approvals.filter((rule) => mayApprove(rule, person, decision.teams));
  if (rules.length === 0) {
    const names = [...new Set(plan.approvals.flatMap(({ approvers }) => approvers))];
    return `${person} is no approver here (approvers: ${names.join(', ')})`;
  }
  if (!known) return `nobody under \`people\` in slipway.yaml is called ${person}`;
  if (!rules.some((rule) => isSureEnough(rule, decision.proof))) {
    return `it is only ${decision.proof}, and ${rules.map(({ name }) => name).join(', ')} needs a signature: ${HOW_TO_SIGN}`;
  }
  const missing = plan.acknowledgements.filter(({ id }) => !decision.acknowledge.includes(id));
  if (missing.length > 0) {
    return `it must acknowledge ${missing.map(({ id, text }) => `${id} (${text})`).join(', ')}`;
  }
  const isNew = decision.proof === 'signed' ? (proof?: IdentityProof) => proof !== 'signed' : () => false;
  if (approvals.some(({ by, digest, proof }) => by === person && digest === plan.digest && !isNew(proof))) {
    return `${person} has approved this plan already`;
  }
  return undefined;
}

/** Adds an approval; of one person the last of a plan stands. */
export function addApproval(approvals: Approval[], approval: Approval): void {
  const earlier = approvals.findIndex(({ by, digest }) => by === approval.by && digest === approval.digest);
  if (earlier === -1) approvals.push(approval);
  else approvals[earlier] = approval;
}

/** Whether a rule takes an approval that is proven so far. */
export function isSureEnough({ signed }: Pick<ApprovalRule, 'signed'>, proof: IdentityProof | undefined): boolean {
  return signed !== 'required' || proof === 'signed';
}

const HOW_TO_SIGN =
  'approve with `slipway approve` on a machine with your key, or send the payload that `slipway approve --print-payload` prints';

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
