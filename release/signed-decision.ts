/** Which decisions on a release count only if they are signed. */
import { guardOf, mayApprove } from './approval';
import { commandNames } from './decision-commands';
import { decisionKinds, isOfChecklist, type Decision, type DecisionKind } from './decision';
import { actOf, whoMay } from './may';
import { samePerson, type WhoIsWho } from './people';
import type { ApprovalRule, Environment } from './project';

/** What the need of a signature is told by. */
export interface SigningRules {
  readonly project: WhoIsWho;
  readonly environment: Pick<Environment, 'signed' | 'may'>;
  /** Of the plan; empty = there is none yet. */
  readonly approvals: readonly ApprovalRule[];
  readonly requestedBy: string;
}

/**
 * Why a decision does not count, in one sentence, where it is not signed and must be; else undefined. `about`, for an
 * override and a tick: the guard, or the list, such as `approval:go`. An approval is judged rule by rule instead.
 */
export function refuseUnsigned(rules: SigningRules, decision: Decision, about?: string): string | undefined {
  const { kind, proof } = decision;
  if (proof === 'signed') return undefined;
  const isNeeded = kind === 'reject' ? isRejectionSigned(rules, decision) : countsOnlySigned(rules, kind, about);
  if (!isNeeded) return undefined;
  const what = kind === 'override' && about !== undefined ? `to override ${about}` : whatItDoes[kind];
  const otherwise = kind === 'reject' && isOpen(rules, 'rollback') ? '; `slipway rollback` is open to anyone' : '';
  return `it is only ${proof}, and ${what} needs a signature here: use \`slipway ${commandNames[kind]}\` on a machine with your key, or send the payload that it prints with --print-payload${otherwise}`;
}

/**
 * The kinds of decisions that count in an environment only if they are signed, whatever they are about. What anyone may
 * do needs no name, and so no proof of one; and to put everything back is never kept waiting for a key.
 */
export function signedKinds(environment: SigningRules['environment']): DecisionKind[] {
  const rules = { environment, approvals: [] };
  return decisionKinds.filter((kind) => countsOnlySigned(rules, kind));
}

/** Whether a decision of this kind, `about` that guard or list, counts only if it is signed, whoever sends it. */
export function countsOnlySigned(
  { environment, approvals }: Pick<SigningRules, 'environment' | 'approvals'>,
  kind: DecisionKind,
  about?: string,
): boolean {
  if (kind === 'approve' || kind === 'rollback') return false;
  const rule = approvals.find((each) => guardOf(each) === about);
  if (kind === 'override' && rule) return rule.signed === 'required';
  if (rule?.signed === 'required') return true;
  if (environment.signed !== 'required') return false;
  // Who rejects, overrides or ticks is somebody, whoever that may be.
  return kind === 'reject' || kind === 'override' || isOfChecklist(kind) || !isOpen({ environment }, kind);
}

/** A rejection is an answer to an approval: where only signed answers count, it counts only signed. */
function isRejectionSigned(rules: SigningRules, { by, person, teams }: Decision): boolean {
  if (countsOnlySigned(rules, 'reject')) return true;
  if (samePerson(rules.project, by, rules.requestedBy)) return false;
  const theirs = rules.approvals.filter((rule) => mayApprove(rule, person, teams));
  return theirs.length > 0 && theirs.every(({ signed }) => signed === 'required');
}

function isOpen({ environment }: Pick<SigningRules, 'environment'>, kind: DecisionKind): boolean {
  const act = actOf(kind);
  return act !== undefined && whoMay(environment, act).includes('anyone');
}

const whatItDoes: Readonly<Record<DecisionKind, string>> = {
  approve: 'an approval',
  reject: 'a rejection',
  pause: 'a pause',
  resume: 'to go on',
  skipWait: 'to skip a wait',
  rollback: 'a rollback',
  resolve: 'to decide on a step',
  override: 'an override',
  tick: 'a tick',
  untick: 'to take a tick back',
};
