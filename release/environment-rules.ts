/** The rules by which an environment's workflow judges what people say to it: who is who, and who may do what. */
import { membersOf, type Person, type Team } from './people';
import { whoMay } from './may';
import { acts, type Act, type May } from './acts';
import { formatDuration } from './durations';
import { canonicalJson } from './plan-digest';
import type { ApprovalRule, Project, Repository } from './project';
import { USUAL_STOP_LIMIT } from './stop';

/** The part of a project that an environment's workflow keeps. Holds references to secrets, never secrets. */
export interface EnvironmentRules {
  /** Of the environment. */
  readonly name: string;
  readonly people: Readonly<Record<string, Person>>;
  readonly teams: Readonly<Record<string, Team>>;
  readonly approvals: readonly ApprovalRule[];
  /** Absent = as it was before files could say. */
  readonly may?: May;
  /** Whether words to the environment count only if they are signed. */
  readonly signed: 'required' | 'optional';
  readonly stopLimit: number;
  /** By whose access GitHub is asked about people; null = none has any. */
  readonly repository: Repository | null;
}

/** The rules of one environment of a project. */
export function rulesIn(project: Project, environment: string): EnvironmentRules {
  const { approvals, may, signed = 'optional', stopLimit = USUAL_STOP_LIMIT } = project.environments[environment]!;
  const asked = Object.values(project.services).find(({ repository }) => repository.github);
  return {
    name: environment,
    people: project.people ?? {},
    teams: project.teams ?? {},
    approvals,
    ...(may && { may }),
    signed,
    stopLimit,
    repository: asked?.repository ?? null,
  };
}

/** What `after` says otherwise than `before`, a sentence each; empty = nothing that counts here. */
export function changesOfRules(before: EnvironmentRules, after: EnvironmentRules): string[] {
  return [
    ...acts.flatMap((act) => changeOfAct(act, before, after)),
    ...changed('the approvals', before.approvals, after.approvals),
    ...Object.keys({ ...before.people, ...after.people }).flatMap((name) =>
      changed(`who ${name} is`, before.people[name], after.people[name]),
    ),
    ...Object.keys({ ...before.teams, ...after.teams }).flatMap((name) =>
      changed(`the team ${name}`, before.teams[name], after.teams[name]),
    ),
    ...(before.signed === after.signed ? [] : [`signatures are ${after.signed}`]),
    ...(before.stopLimit === after.stopLimit ? [] : [`stopLimit is ${formatDuration(after.stopLimit)}`]),
    ...changed('how GitHub is asked', before.repository, after.repository),
  ];
}

function changeOfAct(act: Act, before: EnvironmentRules, after: EnvironmentRules): string[] {
  const [was, is] = [before, after].map((rules) => membersOf(rules, whoMay(rules, act)).join(', '));
  return was === is ? [] : [`may.${act} is ${is ?? ''}, no longer ${was ?? ''}`];
}

const changed = (what: string, before: unknown, after: unknown): string[] =>
  canonicalJson({ value: before ?? null }) === canonicalJson({ value: after ?? null }) ? [] : [`${what} changed`];
