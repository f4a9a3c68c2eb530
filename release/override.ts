/** A soft guard that a person has overridden, for one release: said wherever the release is shown. */
import { mayApprove } from './approval';
import { personCalled, type WhoIsWho } from './people';
import type { ApprovalRule } from './project';

export interface Override {
  /** Such as `calendar`. */
  readonly guard: string;
  readonly by: string;
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** calendar: the announced freezes that were known then. One that is announced later stops the release again. */
  readonly freezes?: readonly string[];
}

/** The override in words, loudly. */
export function overrideWords({ guard, by, reason }: Override): string {
  return `OVERRIDDEN: ${guard}, by ${by}: ${reason}`;
}

/** Why this person may not override a guard; undefined if they may: approvers may, and anyone where nobody is asked. */
export function refuseOverride(project: WhoIsWho, rules: readonly ApprovalRule[], person: string): string | undefined {
  if (personCalled(project, person)?.bot) return `${person} is a program, and a guard is overridden by a person`;
  if (rules.length === 0 || rules.some((rule) => mayApprove(rule, person))) return undefined;
  return `${person} is no approver here, and only approvers override a guard`;
}
