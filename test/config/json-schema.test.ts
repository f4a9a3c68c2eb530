import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { jsonSchemaFile, jsonSchemaText } from '../../config/json-schema';

type Schema = Record<string, unknown>;

const text = readFileSync(join(__dirname, '../../config', jsonSchemaFile), 'utf8');
const schema = z.fromJSONSchema(JSON.parse(text) as Parameters<typeof z.fromJSONSchema>[0]);

const files = (folder: string) =>
  readdirSync(join(__dirname, folder))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join(folder, name));

const valueOf = (file: string): unknown => parse(readFileSync(join(__dirname, file), 'utf8'), { merge: true });

describe('the JSON Schema for editors', () => {
  test('is the one that the schema gives; if this fails, run `npm run schema`', () => {
    expect(text).toBe(jsonSchemaText());
  });

  test.each([...files('good'), ...files('processes')])('accepts %s', (file) => {
    expect(schema.safeParse(valueOf(file)).error).toBeUndefined();
  });

  test.each(['unknown-keys', 'wrong-words', 'wrong-types', 'missing-keys', 'durations', 'numbers', 'names'])(
    'refuses bad/%s.yaml',
    (name) => {
      expect(schema.safeParse(valueOf(`bad/${name}.yaml`)).success).toBe(false);
    },
  );

  test('says of every field what it is for', () => {
    const silent: string[] = [];
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, field] of Object.entries(((node as Schema)['properties'] ?? {}) as Schema)) {
        if (typeof (field as Schema)['description'] !== 'string') silent.push(`${path}.${key}`);
      }
      for (const [key, child] of Object.entries(node)) walk(child, `${path}.${key}`);
    };
    walk(JSON.parse(text), '');
    expect(silent).toEqual([]);
  });
});
