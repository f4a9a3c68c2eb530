/** Four eyes: who may not approve a release, since they had a part in it. What cannot be told is never taken for nobody. */
import { clip } from './clip';
import {
  allContributors,
  partsOf,
  strangersAmong,
  type Contributor,
  type Contributors,
  type Part,
} from './contributors';
import { namesPeople, personCalled, isBotLogin, samePerson, type WhoIsWho } from './people';
import type { PlannedService } from './plan';
import type { ApprovalRule } from './project';
import type { Excludable } from './rule-words';

/** The parts that each word means. */
const partsMeant: Readonly<Record<Excludable, readonly Part[]>> = {
  author: ['author', 'request author'],
  'co-author': ['co-author'],
  merger: ['merger'],
  requester: [],
};

const partWords: Readonly<Record<Part, string>> = {
  author: 'an author of its commits',
  'co-author': 'a co-author of its commits',
  'request author': 'an author of its pull requests',
  merger: 'who merged its pull requests',
};

/** The release that somebody would approve. */
export interface FourEyesCase {
  readonly services: readonly Pick<PlannedService, 'contributors'>[];
  readonly requestedBy: string;
  readonly project: WhoIsWho;
}

/**
 * Why this person may not approve under a rule, or that it could not be told whether they may and what to do about it;
 * undefined = they may. `person` is their one name.
 */
export function refuseByFourEyes(
  { not = [] }: ApprovalRule,
  person: string,
  release: FourEyesCase,
): string | undefined {
  return (
    (not.includes('requester') ? refuseRequester(person, release) : undefined) ??
    refuseMaker(
      not.flatMap((word) => partsMeant[word]),
      person,
      release,
    )
  );
}

/** Those of `people` (by their one names) who certainly may not approve under a rule. */
export function excludedAmong(rule: ApprovalRule, people: readonly string[], release: FourEyesCase): string[] {
  const parts = (rule.not ?? []).flatMap((word) => partsMeant[word]);
  const makers = makersOf(release);
  return people.filter(
    (person) =>
      (rule.not?.includes('requester') && samePerson(release.project, person, release.requestedBy)) ||
      partsOf(release.project, makers, person).some((part) => parts.includes(part)),
  );
}

function refuseRequester(person: string, { requestedBy, project }: FourEyesCase): string | undefined {
  if (samePerson(project, person, requestedBy))
    return `${person} asked for this release, and somebody else must approve it`;
  if (!namesPeople(project) || personCalled(project, requestedBy)) return undefined;
  return `it could not be told whether ${person} asked for this release: nobody under \`people\` is called ${clip(requestedBy, 80)}; ${NAME_THEM}`;
}

function refuseMaker(parts: readonly Part[], person: string, release: FourEyesCase): string | undefined {
  if (parts.length === 0) return undefined;
  const { project } = release;
  const makers = makersOf(release);
  const had = partsOf(project, makers, person).filter((part) => parts.includes(part));
  if (had.length > 0) {
    return `${person} is ${had.map((part) => partWords[part]).join(' and ')}, and somebody else must approve it`;
  }
  const untold = `it could not be told whether ${person} had a part in what is released`;
  if (!namesPeople(project)) return `${untold}: slipway.yaml names no people; ${NAME_THEM}`;
  if (makers.gaps.length > 0)
    return `${untold}: ${makers.gaps.join('; ')}; ask for the release again when that can be told`;
  const strangers = strangersAmong(project, {
    people: makers.people.filter((maker) => parts.includes(maker.part) && !isProgram(maker)),
    gaps: [],
  });
  if (strangers.length === 0) return undefined;
  const names = [...new Set(strangers.map(({ email, login, name }) => email || login || name))];
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  const shown = names.slice(0, SHOWN).map((name) => clip(name, 80));
  return `${untold}: nobody under \`people\` is called ${shown.join(', ')}${more}; ${NAME_THEM}`;
}

function makersOf({ services }: FourEyesCase): Contributors {
  return allContributors(services.map(({ contributors }) => contributors ?? NOT_ASKED));
}

/** A program has commits, and never approves. */
const isProgram = ({ login, email }: Contributor): boolean =>
  isBotLogin(login) || /\[bot\]@users\.noreply\.[^@\s]+$/i.test(email);

/** A plan of an older Slipway. */
const NOT_ASKED: Contributors = { people: [], gaps: ['the plan does not say who made its commits'] };

const NAME_THEM = 'write their names and e-mails under `people` in slipway.yaml, then ask for the release again';
const SHOWN = 3;
