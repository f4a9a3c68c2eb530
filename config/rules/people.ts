import { gitHubTeamsIn, membersOf, namesPeople, personCalled, teamCalled } from '../../release/people';
import { keyOf, keyTypes, MIN_RSA_BITS } from '../../release/ssh-key';
import { suggest } from '../nearest';
import type { Path } from '../problems';
import type { Draft, DraftPerson, DraftText } from './draft';
import { isInEveryObject } from './names';
import { isGitHubAccess, textsIn } from './texts';
import type { Rule } from './rule';

/** Words that lists of people use for something else. */
export const wordsForPeople = ['anyone', 'approvers'] as const;

const namePattern = /^[\p{L}\p{N}][\p{L}\p{N} ._'-]{0,62}$/u;

/** People and teams can be told apart by their names, and from the words that lists use. */
export const peopleHaveNames: Rule = ({ value, people, teams }, { problem }) => {
  const seen = new Map<string, string>();
  const all = [
    ...people.map(({ name, path }) => ({ name, path, what: 'a person' })),
    ...teams.map(({ name, path }) => ({ name, path, what: 'a team' })),
  ];
  for (const { name, path, what } of all) {
    const same = seen.get(name.toLowerCase());
    if (!namePattern.test(name)) {
      problem(path, 'cannot be used as a name', "Write letters, digits, spaces and ._'-, at most 63.", 'key');
    } else if (isInEveryObject(name)) {
      problem(path, 'is a word that JavaScript keeps for itself', 'Give it another name.', 'key');
    } else if (wordsForPeople.some((word) => word === name.toLowerCase())) {
      problem(path, `${JSON.stringify(name)} means something else in lists of people`, 'Give it another name.', 'key');
    } else if (same !== undefined) {
      problem(path, `there is ${same} of this name already`, 'Give it another name.', 'key');
    }
    seen.set(name.toLowerCase(), what);
  }
  if (isEmptyMap(value, 'people')) {
    problem(['people'], 'names nobody', 'Name your people, or leave it out: then a name stands for itself.');
  }
};

/** What tells who somebody is belongs to one person. */
export const peopleAreDifferent: Rule = ({ people }, { problem }) => {
  const owners = new Map<string, DraftPerson>();
  for (const person of people) {
    owners.set(person.name.toLowerCase(), owners.get(person.name.toLowerCase()) ?? person);
  }
  for (const person of people) {
    for (const { path, text } of [...person.emails, ...(person.github ? [person.github] : []), ...person.keys]) {
      const word = keyOf(text)?.blob ?? text.trim().toLowerCase();
      const owner = owners.get(word) ?? person;
      owners.set(word, owner);
      if (owner !== person)
        problem(path, `this is ${owner.name}’s already`, 'Each belongs to one person: leave one out.');
    }
  }
};

/** A key is a public key of a kind whose signatures count. */
export const keysAreSshKeys: Rule = ({ people }, { problem }) => {
  for (const { path, text } of people.flatMap(({ keys }) => keys)) {
    if (keyOf(text)) continue;
    if (text.includes('PRIVATE KEY')) {
      problem(path, 'is a private key', 'Take it out, make a new pair, and write its public key (the file *.pub).');
      continue;
    }
    const hint = `Write a line of a *.pub file: ${keyTypes.slice(0, 2).join(', ')}, …, RSA of ${MIN_RSA_BITS} bits or more.`;
    problem(path, 'is no public SSH key that can sign', hint);
  }
};

/** Where GitHub is asked about people, there is somebody to ask it about, and access to it. */
export const gitHubCanBeAsked: Rule = ({ value, people, teams, environments, whoIsWho }, { problem }) => {
  const isReachable = textsIn(value).some(({ path }) => isGitHubAccess(path));
  for (const { path, github } of people.filter(({ githubKeys }) => githubKeys)) {
    const keys = [...path, 'keys'];
    if (!github) problem(keys, 'are those of GitHub, but there is no login', 'Write github: and the login beside it.');
    if (!isReachable) problem(keys, 'are those of GitHub, which nothing here can ask', GITHUB_HINT);
  }
  for (const { github } of teams) {
    if (github && !isReachable) problem(github.path, 'is at GitHub, which nothing here can ask', GITHUB_HINT);
  }
  // An environment takes requests without asking anybody.
  for (const { path, text } of environments.flatMap(({ may }) => may)) {
    if (path[3] !== 'request' || gitHubTeamsIn(whoIsWho, [text]).length === 0) continue;
    problem(path, `${JSON.stringify(text)} is a team of GitHub, which is not asked about requests`, 'Name people.');
  }
};

const GITHUB_HINT =
  'Write repository: { github: { token: "${env:GITHUB_TOKEN}" } }, or the keys and people themselves.';

/** A team has people, and none is a part of itself. */
export const teamsHavePeople: Rule = ({ teams, value, whoIsWho }, { problem }) => {
  for (const { name, path, members } of teams) {
    if (isIn(name, members, whoIsWho)) {
      problem(path, 'is a part of itself', 'Take the team out of its own members.', 'key');
    } else if (members.length === 0 && isListAt(value, name)) {
      problem(path, 'has nobody in it', 'Write its people, such as [ada, grace].');
    }
  }
};

/** Where people are named, whoever is meant anywhere is one of them, or a team. */
export const peopleAreKnown: Rule = (draft, { problem }) => {
  const { whoIsWho, people, teams } = draft;
  if (!namesPeople(whoIsWho)) return;
  const known = [...people, ...teams].map(({ name }) => name);
  for (const { path, text } of listsOfPeople(draft)) {
    if (text.trim() === '' || isWord(path, text) || teamCalled(whoIsWho, text) || personCalled(whoIsWho, text))
      continue;
    const message = `there is nobody, and no team, called ${JSON.stringify(text)}`;
    problem(path, message, suggest(text, known) || 'Describe them under people.');
  }
};

/** No program is asked to approve. */
export const programsDoNotApprove: Rule = ({ environments, whoIsWho }, { problem }) => {
  for (const { path, text } of environments.flatMap(({ approvals }) =>
    approvals.flatMap(({ approvers }) => approvers),
  )) {
    const bot = membersOf(whoIsWho, [text]).find((name) => personCalled(whoIsWho, name)?.bot);
    if (bot === undefined) continue;
    const who = bot === text ? 'is a program' : `holds ${bot}, a program`;
    problem(path, `${JSON.stringify(text)} ${who}: it may ask for releases, and never approves one`, 'Name people.');
  }
};

/** What only people may do is left to some: a list of programs alone would leave it to nobody. */
export const programsAreNotAlone: Rule = ({ environments, whoIsWho }, { problem }) => {
  for (const { may, gates } of environments) {
    for (const { by } of gates) judge(by, 'ticks nothing');
    judge(
      may.filter(({ path }) => path[3] === 'override'),
      'overrides nothing',
    );
  }

  function judge(list: readonly DraftText[], what: string): void {
    const isBot = (name: string) => personCalled(whoIsWho, name)?.bot === true;
    const names = list.map(({ text }) => text);
    const [first] = list;
    if (!first || names.some((name) => isWord(first.path, name)) || !membersOf(whoIsWho, names).every(isBot)) return;
    problem(first.path, `only programs are named, and a program ${what}`, 'Name people.');
  }
};

/** `anyone` and `approvers` are words of `may` only. */
const isWord = (path: Path, text: string): boolean => path[2] === 'may' && wordsForPeople.some((word) => word === text);

function listsOfPeople({ environments, teams }: Draft): readonly DraftText[] {
  return [
    ...environments.flatMap(({ approvals, may, gates }) => [
      ...approvals.flatMap(({ approvers }) => approvers),
      ...may,
      ...gates.flatMap(({ by }) => by),
    ]),
    ...teams.flatMap(({ members }) => members),
  ];
}

function isIn(
  name: string,
  members: readonly DraftText[],
  whoIsWho: Draft['whoIsWho'],
  seen = new Set<string>(),
): boolean {
  return members.some(({ text }) => {
    const team = teamCalled(whoIsWho, text);
    if (!team || seen.has(text)) return false;
    seen.add(text);
    const inner = team.members.map((member) => ({ path: [], text: member }));
    return text === name || isIn(name, inner, whoIsWho, seen);
  });
}

const isEmptyMap = (value: unknown, key: string): boolean => {
  const found = (value as Record<string, unknown> | null)?.[key];
  return typeof found === 'object' && found !== null && !Array.isArray(found) && Object.keys(found).length === 0;
};

const isListAt = (value: unknown, team: string): boolean =>
  Array.isArray((value as { teams?: Record<string, unknown> }).teams?.[team]);
