/** Whether an approval counts, and towards which rules; where it does not, why not and what to do. */
import {
  approvalStandings,
  guardOf,
  isOverridden,
  isSureEnough,
  mayApprove,
  type Approval,
  type Said,
} from './approval';
import { placeOf } from './approval-place';
import type { ApprovalPlace } from './rule-words';
import { unticked } from './checklist';
import type { Decision } from './decision';
import { refuseByFourEyes } from './four-eyes';
import { personCalled, type WhoIsWho } from './people';
import type { Plan } from './plan';
import { namesDigest } from './plan-digest';
import type { ApprovalRule } from './project';

/** What an approval is judged by. */
export interface ApprovalCase extends Said {
  readonly plan: Plan;
  /** Where the release asks now. */
  readonly place: ApprovalPlace;
  readonly requestedBy: string;
  readonly project: WhoIsWho;
}

/**
 * Judges an approval of the plan at the place where the release asks. It counts if it names this plan's digest, comes
 * from somebody whom a rule takes that lacks them, and acknowledges all that must be acknowledged. Neither a program nor,
 * where the project names its people, a stranger can approve.
 */
export function judgeApproval(
  release: ApprovalCase,
  decision: Decision,
): { readonly counts: readonly string[] } | { readonly refused: string } {
  const { plan, place, project } = release;
  const { person } = decision;
  if (!namesDigest(plan.digest, decision.digest)) {
    return {
      refused: `it names plan ${decision.digest.slice(0, 12)}, but the plan is now ${plan.digest.slice(0, 12)}: read that one, then approve it`,
    };
  }
  const known = personCalled(project, person);
  if (known?.bot) return { refused: `${person} is a program: it may ask for releases, and never approves one` };
  const asked = plan.approvals.filter((rule) => placeOf(rule) === place);
  if (asked.length === 0) return { refused: 'nobody is asked to approve it here' };
  const rules = asked.filter((rule) => mayApprove(rule, person, decision.teams));
  if (rules.length === 0) {
    const names = [...new Set(asked.flatMap(({ approvers }) => approvers))];
    return { refused: `${person} is no approver here (approvers: ${names.join(', ')})` };
  }
  if (!known) return { refused: `nobody under \`people\` in slipway.yaml is called ${person}` };
  const judged = rules.map((rule) => ({ rule, why: refuseUnder(rule, release, decision) }));
  const reasons = [...new Set(judged.flatMap(({ why }) => why ?? []))];
  const taken = judged.filter(({ why }) => why === undefined).map(({ rule }) => rule);
  if (taken.length === 0) return { refused: reasons.join('; ') };
  const missing = missingAcknowledgements(plan, place).filter(({ id }) => !decision.acknowledge.includes(id));
  if (missing.length > 0) {
    return { refused: `it must acknowledge ${missing.map(({ id, text }) => `${id} (${text})`).join(', ')}` };
  }
  if (taken.every((rule) => hasApproved(rule, release, decision))) {
    return { refused: [`${person} has approved this plan already`, ...reasons].join('; ') };
  }
  return { counts: taken.map(({ name }) => name) };
}

/** What the first approval of a plan must acknowledge; at later places that has been done. */
export function missingAcknowledgements({ approvals, acknowledgements }: Plan, place: ApprovalPlace) {
  return approvals[0] === undefined || placeOf(approvals[0]) === place ? acknowledgements : [];
}

/** Why a rule that names this person does not take their approval. */
function refuseUnder(rule: ApprovalRule, release: ApprovalCase, decision: Decision): string | undefined {
  const { plan, ticks, overrides, project, requestedBy } = release;
  const { person, proof, comment } = decision;
  if (!isSureEnough(rule, proof)) return `it is only ${proof}, and ${rule.name} needs a signature: ${HOW_TO_SIGN}`;
  if (!isOverridden(rule, overrides)) {
    const excluded = refuseByFourEyes(rule, person, { services: plan.services, project, requestedBy });
    if (excluded) return rule.guard === 'soft' ? `${excluded} (or override ${guardOf(rule)}, with a reason)` : excluded;
  }
  if (rule.comment === 'required' && comment === '') return `${rule.name} needs a comment: say what you have looked at`;
  const open = unticked(guardOf(rule), rule.checklist ?? [], plan, ticks);
  if (open.length > 0)
    return `the checklist of ${rule.name} is not done: ${open.join(', ')}; tick it with \`slipway checklist\``;
  return undefined;
}

/** Whether this rule gains nothing: it has their approval, signed if this one is. */
function hasApproved(rule: ApprovalRule, release: ApprovalCase, { person, proof }: Decision): boolean {
  const standing = approvalStandings(release.plan, release).find((each) => each.rule.name === rule.name);
  const name = proof === 'signed' ? `${person} (signed)` : undefined;
  return name === undefined
    ? (standing?.people.includes(person) ?? false)
    : (standing?.approvedBy.includes(name) ?? false);
}

/**
 * The request as an approval of its plan, where a rule says that it counts and its author qualifies; undefined = it does not
 * count. It acknowledges nothing, and is a claim.
 */
export function approvalByRequest(release: ApprovalCase, at: string): Approval | undefined {
  const { plan, place, project, requestedBy } = release;
  const known = personCalled(project, requestedBy);
  if (!known || known.bot || missingAcknowledgements(plan, place).length > 0) return undefined;
  const by = known.name;
  const request: Decision = {
    ...{ id: 'request', kind: 'approve', by: requestedBy, person: by, proof: 'claimed', key: null, signature: null },
    ...{ comment: '', digest: plan.digest, acknowledge: [], action: null },
  };
  const counts = plan.approvals
    .filter((rule) => placeOf(rule) === place && rule.requestCounts === true && mayApprove(rule, by))
    .filter((rule) => refuseUnder(rule, release, request) === undefined)
    .map(({ name }) => name);
  if (counts.length === 0) return undefined;
  return { by, digest: plan.digest, decisionId: 'request', comment: '', proof: 'claimed', place, counts, at };
}

const HOW_TO_SIGN =
  'approve with `slipway approve` on a machine with your key, or send the payload that `slipway approve --print-payload` prints';
