/** How values become answers: what resolvers return says its own type, and functions in it are called with the arguments. */
import type { GraphQLFieldResolver, GraphQLTypeResolver } from 'graphql';
import { notFound, Refusal } from '../answers';
import type { Context } from '../call-context';

/** A value of one of the schema's types. */
export interface Value {
  readonly __typename: string;
  readonly [field: string]: unknown;
}

export const typeResolver: GraphQLTypeResolver<unknown, unknown> = (value) => (value as Value).__typename;

export const fieldResolver: GraphQLFieldResolver<unknown, Context> = (
  source,
  args: unknown,
  context,
  { fieldName },
) => {
  const value = (source as Record<string, unknown>)[fieldName];
  return typeof value === 'function' ? (value as (args: unknown, context: Context) => unknown)(args, context) : value;
};

/** An error with GitHub's type, beside the data that there is. */
export const graphqlRefusal = (type: string, message: string): Refusal => new Refusal(200, message, {}, { type });

/** A refusal of the REST interface in GraphQL's words. */
export function asGraphql(problem: unknown): unknown {
  if (!(problem instanceof Refusal) || 'type' in problem.more) return problem;
  const types: Record<number, string> = { 401: 'FORBIDDEN', 403: 'FORBIDDEN', 404: 'NOT_FOUND' };
  return graphqlRefusal(types[problem.status] ?? 'UNPROCESSABLE', problem.message || notFound().message);
}

interface Paging {
  readonly first?: number;
  readonly after?: string;
  readonly last?: number;
  readonly before?: string;
}

/** A connection over a list, by GitHub's rules: `first` or `last` is needed, at most 100. */
export function connection(items: readonly unknown[], { first, after, last, before }: Paging, field: string) {
  if (first === undefined && last === undefined) {
    throw graphqlRefusal(
      'MISSING_PAGINATION_BOUNDARIES',
      `You must provide a \`first\` or \`last\` value to properly paginate the \`${field}\` connection.`,
    );
  }
  const size = first ?? last ?? 0;
  if (size < 1 || size > 100) {
    throw graphqlRefusal(
      'EXCESSIVE_PAGINATION',
      `Requesting ${size} records on the \`${field}\` connection exceeds the \`first\` limit of 100 records.`,
    );
  }
  const from = after ? Number(Buffer.from(after, 'base64').toString()) + 1 : 0;
  const to = before ? Number(Buffer.from(before, 'base64').toString()) : items.length;
  const start = first === undefined ? Math.max(from, to - size) : from;
  const end = first === undefined ? to : Math.min(to, from + size);
  const cursor = (index: number) => Buffer.from(String(index)).toString('base64');
  const nodes = items.slice(start, end);
  return {
    totalCount: items.length,
    nodes,
    edges: nodes.map((node, index) => ({ node, cursor: cursor(start + index) })),
    pageInfo: {
      hasNextPage: end < items.length,
      hasPreviousPage: start > 0,
      startCursor: nodes.length > 0 ? cursor(start) : null,
      endCursor: nodes.length > 0 ? cursor(end - 1) : null,
    },
  };
}
