/** What an operation is given when it is called. */
import type { Actor, Credentials } from './credentials';
import type { Answer } from './answers';
import type { Limits } from './limits';
import type { RefStore } from './refs';
import type { Level, Repository, World } from './world';

/** The server's parts that operations use. */
export interface Parts {
  readonly world: World;
  readonly refs: RefStore;
  readonly limits: Limits;
  readonly credentials: Credentials;
}

export interface Context extends Parts {
  readonly actor: Actor;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The Accept header. */
  readonly accept: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface RepositoryContext extends Context {
  readonly repository: Repository;
}

/** An operation on a repository: what it needs, and what it does. */
export interface RepositoryOperation {
  readonly needs: readonly [permission: string, level: Level];
  /** Whether it can be done in a repository that has no commit yet. */
  readonly whenEmpty?: boolean;
  run(context: RepositoryContext): Promise<Answer>;
}

export type Operation = (context: Context) => Promise<Answer>;

/** A page of a list, with the Link header that leads on. */
export function page<T>(
  { query, world }: Context,
  path: string,
  items: readonly T[],
): { items: T[]; headers: Record<string, string> } {
  const size = Math.min(100, Math.max(1, Number(query.get('per_page') ?? 30)));
  const number = Math.max(1, Number(query.get('page') ?? 1));
  const last = Math.max(1, Math.ceil(items.length / size));
  const link = (wanted: number, rel: string) => {
    const asked = new URLSearchParams(query);
    asked.set('page', String(wanted));
    return `<${world.url}/api/v3${path}?${asked.toString()}>; rel="${rel}"`;
  };
  const links = number < last ? [link(number + 1, 'next'), link(last, 'last')] : [];
  if (number > 1) links.unshift(link(number - 1, 'prev'), link(1, 'first'));
  return {
    items: items.slice((number - 1) * size, number * size),
    headers: links.length > 0 ? { link: links.join(', ') } : {},
  };
}
