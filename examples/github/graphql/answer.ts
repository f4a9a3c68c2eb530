/** Answers GraphQL requests: GitHub's schema decides what is asked rightly, resolvers what is answered. */
import { execute, GraphQLError, Kind, parse, validate, type DocumentNode, type GraphQLSchema } from 'graphql';
import { Refusal, type Answer } from '../answers';
import type { Context } from '../call-context';
import { rootValue } from './root';
import { typeResolver, fieldResolver } from './resolving';

interface GraphqlRequest {
  readonly query?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
}

/** The operation's name if it has one, and its root fields, for the log and for faults. */
export function describeQuery(body: unknown): { name: string | null; fields: string } {
  try {
    const operation = parse((body as GraphqlRequest).query ?? '').definitions.find(
      (one) => one.kind === Kind.OPERATION_DEFINITION,
    );
    const fields =
      operation?.selectionSet.selections.map((one) => (one.kind === Kind.FIELD ? one.name.value : '…')) ?? [];
    return { name: operation?.name?.value ?? null, fields: [...new Set(fields)].join('+') };
  } catch {
    return { name: null, fields: 'unreadable' };
  }
}

export async function answerGraphql(schema: GraphQLSchema, context: Context): Promise<Answer> {
  const { query, variables, operationName } = context.body as GraphqlRequest;
  if (typeof query !== 'string')
    return said([{ message: 'A query attribute must be specified and must be a string.' }]);
  let document: DocumentNode;
  try {
    document = parse(query);
  } catch (problem) {
    return said([(problem as GraphQLError).toJSON()]);
  }
  const wrong = validate(schema, document);
  if (wrong.length > 0) return said(wrong.map((problem) => problem.toJSON()));
  const { data, errors } = await execute({
    schema,
    document,
    rootValue,
    contextValue: context,
    variableValues: variables,
    operationName,
    fieldResolver,
    typeResolver,
  });
  // What our resolvers throw by mistake, or give in a form that the schema forbids, is a defect of the stand-in.
  const defect = errors?.find(
    ({ originalError }) =>
      originalError && !(originalError instanceof Refusal || originalError instanceof GraphQLError),
  );
  if (defect) throw new Error(`${defect.message} at ${defect.path?.join('.')}`, { cause: defect.originalError });
  return {
    status: 200,
    body: { ...(data === undefined ? {} : { data }), ...(errors ? { errors: errors.map(errorBody) } : {}) },
  };
}

function errorBody(error: GraphQLError) {
  const { message, locations, path, originalError } = error;
  const type = originalError instanceof Refusal ? originalError.more['type'] : undefined;
  return {
    ...(type === undefined ? {} : { type }),
    ...(path ? { path } : {}),
    ...(locations ? { locations } : {}),
    message,
  };
}

const said = (errors: readonly unknown[]): Answer => ({ status: 200, body: { errors } });
