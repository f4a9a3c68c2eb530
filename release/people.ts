/**
 * Who is who. A person has one name here, whatever else they go by: the e-mails of their commits, their login at
 * GitHub, their keys. Where a file names no people, a name stands for itself.
 */
import { keyOf } from './ssh-key';

/** Somebody, or something (a bot), whom the rules name. */
export interface Person {
  /** The key in `people`. */
  readonly name: string;
  readonly emails: readonly string[];
  /** Login at GitHub. */
  readonly github?: string;
  /** Public keys in OpenSSH's form: `ssh-ed25519 AAAA… comment`. */
  readonly keys: readonly string[];
  /** Their keys are those that GitHub knows, asked at each decision. */
  readonly githubKeys?: boolean;
  /** A program: it may ask for releases, and never approves one. */
  readonly bot: boolean;
}

/** Several people under one name. */
export interface Team {
  readonly name: string;
  /** Names of people and of other teams; none of a team of GitHub, which is asked when somebody decides. */
  readonly members: readonly string[];
  readonly github?: GitHubTeam;
}

/** A team of an organization at GitHub. */
export interface GitHubTeam {
  readonly org: string;
  readonly slug: string;
}

/** The part of a project that says who is who. What was written by an older Slipway lacks it. */
export interface WhoIsWho {
  readonly people?: Readonly<Record<string, Person>>;
  readonly teams?: Readonly<Record<string, Team>>;
}

/** Whether the project says who its people are. Without that a name stands for itself. */
export function namesPeople({ people }: WhoIsWho): boolean {
  return people !== undefined && Object.keys(people).length > 0;
}

/**
 * The person whom `said` means: a name, an e-mail (also as `Ada Lovelace <ada@shop.example>`), a login at GitHub (also
 * as its e-mail that hides another) or a public key. Case does not matter. Undefined = unknown; without people in the
 * project never, since then a name stands for itself.
 */
export function personCalled(project: WhoIsWho, said: string): Person | undefined {
  const name = said.trim();
  if (!namesPeople(project)) return { name, emails: [], keys: [], bot: isBotLogin(name) };
  const wanted = waysToSay(name);
  return Object.values(project.people ?? {}).find((person) => namesOf(person).some((known) => wanted.includes(known)));
}

/** Whether two ways to name somebody mean the same person. Of two who are unknown only the same words do. */
export function samePerson(project: WhoIsWho, a: string, b: string): boolean {
  const [first, second] = [personCalled(project, a), personCalled(project, b)];
  if (first && second) return first.name === second.name;
  return !first && !second && waysToSay(a).some((word) => waysToSay(b).includes(word));
}

/**
 * Whether a person (however named) is in a list of people and teams. Nobody unknown is in any list. `teams` are those of
 * GitHub in which they were found.
 */
export function isIn(project: WhoIsWho, list: readonly string[], said: string, teams: readonly string[] = []): boolean {
  const person = personCalled(project, said);
  if (!person) return false;
  return membersOf(project, list).some((member) => member === person.name || teams.includes(member));
}

/**
 * The names of the people in a list of people and teams, each once. A name that is neither stands for itself, and so does
 * a team of GitHub.
 */
export function membersOf(project: WhoIsWho, list: readonly string[]): string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  const add = (name: string): void => {
    const team = teamCalled(project, name);
    if (!team) return void found.add(personCalled(project, name)?.name ?? name);
    if (team.github) return void found.add(team.name);
    if (seen.has(team.name)) return;
    seen.add(team.name);
    team.members.forEach(add);
  };
  list.forEach(add);
  return [...found];
}

/** The teams of GitHub in a list of people and teams, also those in other teams. */
export function gitHubTeamsIn(project: WhoIsWho, list: readonly string[]): (Team & { readonly github: GitHubTeam })[] {
  return membersOf(project, list).flatMap((name) => {
    const team = teamCalled(project, name);
    return team?.github ? [{ ...team, github: team.github }] : [];
  });
}

/** The team of that name; without people in the project the case of its letters counts. */
export function teamCalled({ teams = {} }: WhoIsWho, name: string): Team | undefined {
  return Object.hasOwn(teams, name) ? teams[name] : undefined;
}

/** Logins of programs at GitHub end so. */
export function isBotLogin(login: string): boolean {
  return /\[bot\]$/i.test(login.trim());
}

function namesOf({ name, emails, github, keys }: Person): string[] {
  const logins = github === undefined ? [] : [github];
  return [
    ...[name, ...emails, ...logins].map((word) => word.trim().toLowerCase()),
    ...keys.flatMap((key) => keyOf(key)?.blob ?? []),
  ];
}

/** The words under which a person can be looked up for what somebody has written. */
function waysToSay(said: string): string[] {
  const key = keyOf(said);
  if (key) return [key.blob];
  const text = (/<([^<>]+)>\s*$/.exec(said)?.[1] ?? said).trim().toLowerCase();
  const login = /^(?:\d+\+)?([^@\s]+)@users\.noreply\.[^@\s]+$/.exec(text)?.[1];
  return login === undefined ? [text] : [text, login];
}
