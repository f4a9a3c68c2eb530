/** Who had a part in the commits that are released: for rules about who may approve them. */
import { personCalled, samePerson, type WhoIsWho } from './people';

/** What somebody did. `request author` and `merger`: of a pull request by which a commit came. */
export type Part = 'author' | 'co-author' | 'request author' | 'merger';

/** A part that somebody had, as the repository or its host names them; empty = not known. */
export interface Contributor {
  readonly part: Part;
  readonly name: string;
  readonly email: string;
  readonly login: string;
}

/** Everybody who had a part, each once for each part. */
export interface Contributors {
  readonly people: readonly Contributor[];
  /** What could not be told, a few words each; empty = these are all. */
  readonly gaps: readonly string[];
}

/** The parts that a person (however named) had; empty = none that is known. */
export function partsOf(project: WhoIsWho, { people }: Contributors, person: string): Part[] {
  const name = personCalled(project, person)?.name ?? person;
  const parts = people.filter((contributor) => waysToName(contributor).some((said) => samePerson(project, said, name)));
  return [...new Set(parts.map(({ part }) => part))];
}

/** Those whom the project does not know: any of them may be anybody. */
export function strangersAmong(project: WhoIsWho, { people }: Contributors): Contributor[] {
  return people.filter((contributor) => !waysToName(contributor).some((said) => personCalled(project, said)));
}

/** Several lists as one: of several services, or what git and its host know. */
export function allContributors(lists: readonly Contributors[]): Contributors {
  const people = new Map<string, Contributor>();
  for (const person of lists.flatMap((list) => list.people)) {
    const { part, name, email, login } = person;
    const key = `${part} ${(email || login || name).toLowerCase()}`;
    const known = people.get(key) ?? person;
    people.set(key, { ...known, login: known.login || login });
  }
  return { people: [...people.values()], gaps: [...new Set(lists.flatMap(({ gaps }) => gaps))] };
}

/** A name alone says who it is only where nothing better is known. */
function waysToName({ email, login, name }: Contributor): string[] {
  const sure = [email, login].filter((said) => said !== '');
  return sure.length > 0 ? sure : [name];
}
