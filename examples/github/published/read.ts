/** The extracts of what GitHub publishes, as they are checked in. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../shop/project-root';

/** JSON schema as OpenAPI 3.0 writes it. */
export type Schema = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

export interface Described {
  readonly operationId: string;
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody?: Content & { readonly required?: boolean };
  readonly responses: Readonly<Record<string, Content | { readonly $ref: string }>>;
}

export interface Description {
  readonly info: { readonly 'x-source': { readonly package: string; readonly version: string } };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const folder = join(projectRoot, 'examples', 'github', 'published');

export const readDescription = (): Description =>
  JSON.parse(readFileSync(join(folder, 'openapi.json'), 'utf8')) as Description;

export const readGraphqlSchema = (): string => readFileSync(join(folder, 'schema.graphql'), 'utf8');
