/** GitHub's own schema (the checked-in part of it), and the scalars that it defines. */
import { buildSchema, GraphQLScalarType, Kind, type GraphQLSchema } from 'graphql';
import { readGraphqlSchema } from '../published/read';

/** The schema with scalars that refuse what GitHub's refuse. */
export function publishedSchema(): GraphQLSchema {
  const schema = buildSchema(readGraphqlSchema());
  restrict(schema, 'GitObjectID', /^[0-9a-f]{40}$/);
  restrict(schema, 'GitRefname', /^[^\s~^:?*[\\]+$/);
  restrict(schema, 'DateTime', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
  restrict(schema, 'GitTimestamp', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[-+]\d\d:\d\d)$/);
  restrict(schema, 'URI', /^https?:\/\/\S+$/);
  return schema;
}

function restrict(schema: GraphQLSchema, name: string, pattern: RegExp): void {
  const scalar = schema.getType(name);
  if (!(scalar instanceof GraphQLScalarType)) throw new Error(`${name} is no scalar`);
  const check = (value: unknown): string => {
    if (typeof value !== 'string' || !pattern.test(value)) throw new Error(`${JSON.stringify(value)} is not a ${name}`);
    return value;
  };
  scalar.serialize = check;
  scalar.parseValue = check;
  scalar.parseLiteral = (node) => check(node.kind === Kind.STRING ? node.value : null);
}
