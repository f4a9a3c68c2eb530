/** What sort of release one is, and what is asked of each sort. */
import { placeOf } from './approval-place';
import type { ApprovalRule, Environment, HotfixRules } from './project';
import type { ReleaseKind } from './rule-words';

/** A version of one service; commit null = not known. */
export interface KnownVersion {
  readonly version: string;
  readonly commit: string | null;
}

/** What a rollback or a redeploy does with one service, as its environment knew it when it was asked for. */
export interface ServiceGoal {
  /** What ran then. */
  readonly leaves: KnownVersion;
  /** What is to run; null = what the version of the release says. */
  readonly to: { readonly version: string; readonly commit: string } | null;
}

/** What of a request says which sort of release it is. Absent = normal. */
export interface KindRequest {
  readonly kind?: ReleaseKind;
  /** rollback, redeploy: by service. */
  readonly goals?: Readonly<Record<string, ServiceGoal>>;
  /** rollback: to what the last release left, from what somebody has moved by hand. */
  readonly restores?: true;
  /** Why it was asked for. */
  readonly reason?: string;
  /** hotfix: ends the verify wait or monitoring window of a release that is in its way, and why. */
  readonly endWaits?: string;
}

/** Whether a version that is ill may be changed: all but normal releases are there for that. */
export const mendsIllness = (kind: ReleaseKind): boolean => kind !== 'normal';

/**
 * The rules of an environment as they hold for one sort of release. Whose approvals a plan asks for says `approvalsFor`:
 * who its approvers are stays as it is. Applied twice it changes nothing more.
 */
export function rulesFor(environment: Environment, kind: ReleaseKind): Environment {
  const noWait = { ...environment.verify, wait: 0, checks: [] };
  if (kind === 'rollback') {
    const { calendar, ...rules } = withoutSoak(environment);
    void calendar;
    return { ...rules, verify: noWait, gates: [] };
  }
  if (kind === 'redeploy') return { ...withoutSoak(environment), verify: noWait };
  const { hotfix } = environment;
  return kind === 'hotfix' && hotfix ? shortened(environment, hotfix) : environment;
}

/** What has run here before has been looked at. */
function withoutSoak({ soak, ...rules }: Environment): Environment {
  void soak;
  return rules;
}

function shortened(environment: Environment, { gates, verify, monitor }: HotfixRules): Environment {
  return {
    ...environment,
    ...(gates && environment.gates && { gates: environment.gates.filter(({ name }) => gates.includes(name)) }),
    ...(verify !== undefined && { verify: { ...environment.verify, wait: verify } }),
    ...(monitor !== undefined && { monitor: { ...environment.monitor, window: monitor } }),
  };
}

/** Whose approvals a release of this sort needs. */
export function approvalsFor(environment: Environment, kind: ReleaseKind): readonly ApprovalRule[] {
  const { approvals, hotfix } = environment;
  if (kind === 'hotfix' && hotfix?.approvals) return approvals.filter(({ name }) => hotfix.approvals!.includes(name));
  if (kind !== 'rollback') return approvals;
  if (environment.rollback?.approvals !== 'required') return [];
  // Silence after the smoke checks would bring back what was left, in an emergency.
  return approvals.filter((rule) => placeOf(rule) !== 'after-smoke');
}
