/** Who can still give an approval, and what to say where they are too few: nobody should wait a day for what cannot come. */
import { guardOf, type ApprovalStanding } from './approval';
import { excludedAmong, refuseByFourEyes, type FourEyesCase } from './four-eyes';
import { namesPeople, teamCalled } from './people';

/** Those who can still approve under a rule. */
export interface Left {
  /** By their one names; a team of GitHub as a team. Empty = nobody, or anyone where the rule names nobody. */
  readonly people: readonly string[];
  /** What is wrong, and what to do; absent = as far as is known there are enough. */
  readonly stuck?: string;
}

/** Those who have not approved, and of whom it is not known that they may not. */
export function whoIsLeft({ rule, people, missing, overridden }: ApprovalStanding, release: FourEyesCase): Left {
  const { project } = release;
  const { approvers, members = approvers } = rule;
  const named = approvers.length > 0 ? members : everybody(release);
  const others = named.filter((name) => !people.includes(name));
  const isRefused = (name: string) => !overridden && refuseByFourEyes(rule, name, release) !== undefined;
  const left = others.filter((name) => isTeam(release, name) || !isRefused(name));
  const isEnough = left.length >= missing || left.some((name) => isTeam(release, name));
  if (isEnough || (approvers.length === 0 && !namesPeople(project))) {
    return { people: approvers.length > 0 ? left : [] };
  }
  return { people: left, stuck: stuckWords({ rule, missing }, left, whyNot(rule, others, release)) };
}

function stuckWords(
  { rule, missing }: Pick<ApprovalStanding, 'rule' | 'missing'>,
  left: readonly string[],
  why: string,
): string {
  const who = left.length === 0 ? 'nobody may' : `only ${left.join(', ')} may`;
  const ways = [...(rule.guard === 'soft' ? [`override ${guardOf(rule)}, with a reason`] : []), 'reject it'];
  return `${rule.name} needs ${missing} more, and ${who} still say yes${why ? `: ${why}` : ''}. What can be done: ${ways.join(', or ')}, and have more people named in slipway.yaml`;
}

function whyNot(rule: ApprovalStanding['rule'], others: readonly string[], release: FourEyesCase): string {
  const certain = excludedAmong(rule, others, release);
  const untold = others
    .filter((name) => !certain.includes(name) && !isTeam(release, name))
    .flatMap((name) => refuseByFourEyes(rule, name, release) ?? []);
  return [
    ...(certain.length > 0 ? [`${certain.join(', ')} had a part in it, or asked for it`] : []),
    ...untold.slice(0, 1),
  ].join('; ');
}

const everybody = ({ project }: FourEyesCase): string[] =>
  Object.values(project.people ?? {}).flatMap(({ name, bot }) => (bot ? [] : [name]));

const isTeam = ({ project }: FourEyesCase, name: string): boolean => teamCalled(project, name)?.github !== undefined;
