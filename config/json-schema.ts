import { z } from 'zod';
import { projectFile } from './schema/project';

/** Name of the checked-in file, in this folder. */
export const jsonSchemaFile = 'slipway.schema.json';

/** The JSON Schema of what a user writes, for editors: the text of the checked-in file. */
export function jsonSchemaText(): string {
  const schema = z.toJSONSchema(projectFile, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify(schema, null, 2)}\n`;
}
