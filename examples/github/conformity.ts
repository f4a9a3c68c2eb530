/** Holds requests and answers against GitHub's published description of its REST interface. */
import { Ajv, type ValidateFunction } from 'ajv';
import { readDescription, type Described, type Parameter, type Schema } from './published/read';

/** Answers that any operation may give, whether its description lists them or not. */
const anywhere = [301, 307, 400, 401, 403, 404, 409, 429, 500, 502, 503, 504];

/** One operation of the description, with its place. */
export interface OperationPlace {
  readonly path: string;
  readonly method: string;
  readonly described: Described;
}

export class Conformity {
  readonly operations: readonly OperationPlace[];
  private readonly ajv: Ajv;
  private readonly compiled = new Map<string, ValidateFunction>();
  private readonly description = readDescription();

  constructor() {
    const root = jsonSchema(this.description) as Schema;
    this.ajv = new Ajv({ strict: false, allErrors: false, coerceTypes: false, logger: false, formats });
    this.ajv.addSchema(root, 'github');
    this.operations = Object.entries(this.description.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, described]) => ({ path, method, described })),
    );
  }

  /** What is wrong with a request: null = nothing. */
  request(place: OperationPlace, query: URLSearchParams, body: unknown): string | null {
    const parameters = this.parameters(place.described).filter((one) => one.in === 'query');
    for (const [name, value] of query) {
      const parameter = parameters.find((one) => one.name === name);
      if (!parameter) return `the query parameter ${name} is not described`;
      const wanted = parameter.schema['type'];
      const typed = wanted === 'integer' ? Number(value) : wanted === 'boolean' ? value === 'true' : value;
      const problem = this.check(`query:${place.described.operationId}:${name}`, jsonSchema(parameter.schema), typed);
      if (problem) return `the query parameter ${name} ${problem}`;
    }
    const described = place.described.requestBody;
    if (!described) return body === undefined ? null : 'no body is described';
    if (body === undefined) return described.required === false ? null : 'a body is needed';
    return this.check(`${place.described.operationId} request`, refTo(place, ['requestBody', ...json]), body);
  }

  /** What is wrong with an answer: null = nothing. */
  response({ path, method, described }: OperationPlace, status: number, body: unknown): string | null {
    const entry = described.responses[String(status)];
    if (!entry) {
      if (!anywhere.includes(status)) return `the status ${status} is not described`;
      return this.check('error', { $ref: 'github#/components/schemas/basic-error' }, body);
    }
    const pointer =
      '$ref' in entry ? entry.$ref.slice(2).split('/') : ['paths', path, method, 'responses', String(status)];
    const content = ('$ref' in entry ? this.component(pointer) : entry) as { content?: object };
    const media = Object.keys(content.content ?? {}).find(
      (name) => name.startsWith('application/') && name.includes('json'),
    );
    if (!media) return body === undefined ? null : 'no body is described';
    return this.check(
      `${described.operationId} ${status}`,
      { $ref: to([...pointer, 'content', media, 'schema']) },
      body,
    );
  }

  private check(name: string, schema: unknown, value: unknown): string | null {
    const validate = this.compiled.get(name) ?? this.ajv.compile(schema as Schema);
    this.compiled.set(name, validate);
    return validate(value) ? null : this.ajv.errorsText(validate.errors, { dataVar: 'it' });
  }

  private parameters(described: Described): Parameter[] {
    return (described.parameters ?? []).map((one) =>
      '$ref' in one ? (this.component(one.$ref.slice(2).split('/')) as Parameter) : one,
    );
  }

  private component([, kind = '', name = '']: string[]): unknown {
    return this.description.components[kind]?.[name];
  }
}

const json = ['content', 'application/json', 'schema'];
const refTo = ({ path, method }: OperationPlace, rest: string[]) => ({ $ref: to(['paths', path, method, ...rest]) });
const to = (parts: readonly string[]): string =>
  `github#/${parts.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;

/** OpenAPI 3.0's `nullable` said as JSON schema says it. */
function jsonSchema(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(jsonSchema);
  if (typeof value !== 'object' || value === null) return value;
  const { nullable, ...rest } = value as Record<string, unknown>;
  const converted = Object.fromEntries(Object.entries(rest).map(([key, item]) => [key, jsonSchema(item)]));
  return nullable === true ? { anyOf: [converted, { type: 'null' }] } : converted;
}

const formats = {
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[-+]\d\d:?\d\d)$/,
  uri: /^[a-z][a-z+.-]*:[^\s]+$/i,
  email: true,
  int64: true,
  'repo.nwo': true,
  'ipv4-cidr': true,
  timestamp: true,
  binary: true,
  date: true,
} as const;
