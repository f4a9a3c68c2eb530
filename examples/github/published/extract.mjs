/**
 * Makes openapi.json and schema.graphql, next to this file, anew: the parts that wanted.json names of what GitHub publishes as
 * `@octokit/openapi` and `@octokit/graphql-schema`. Run by hand, `node examples/github/published/extract.mjs`, when an operation or
 * a field is added or a newer version is wanted; the packages are far too big to be installed.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import {
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  buildSchema,
  Kind,
  parse,
  print,
  visit,
} from 'graphql';

const here = dirname(fileURLToPath(import.meta.url));
const wanted = JSON.parse(readFileSync(join(here, 'wanted.json'), 'utf8'));

for (const source of [wanted.openapi, wanted.graphql]) {
  const licence = `${source.package.split('/')[1]}.LICENSE`;
  writeFileSync(join(here, licence), published({ ...source, file: source.licence }));
}
await write('openapi.json', openapiExtract(wanted.openapi));
await write('schema.graphql', graphqlExtract(wanted.graphql));

async function write(name, text) {
  const filepath = join(here, name);
  writeFileSync(filepath, await format(text, { ...(await resolveConfig(filepath)), filepath }));
}

/** One file of a published package. */
function published({ package: name, version, file }) {
  const folder = mkdtempSync(join(tmpdir(), 'published-'));
  try {
    const [{ filename }] = JSON.parse(
      execFileSync('npm', ['pack', '--json', `${name}@${version}`], {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    );
    execFileSync('tar', ['xzf', filename, `package/${file}`], { cwd: folder });
    return readFileSync(join(folder, 'package', file), 'utf8');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function openapiExtract(source) {
  const description = JSON.parse(published(source));
  const operations = {};
  for (const [path, methods] of Object.entries(description.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (!source.operations.includes(operation.operationId)) continue;
      operations[path] ??= {};
      operations[path][method] = withoutProse(operation);
    }
  }
  const found = Object.values(operations).flatMap((methods) => Object.values(methods).map((one) => one.operationId));
  const missing = source.operations.filter((name) => !found.includes(name));
  if (missing.length > 0) throw new Error(`not published: ${missing.join(', ')}`);

  const components = {};
  const seen = new Set();
  const follow = (value) => {
    for (const [, ref] of JSON.stringify(value).matchAll(/"\$ref":"#\/components\/([^"]+)"/g)) {
      if (seen.has(ref)) continue;
      seen.add(ref);
      const [kind, name] = ref.split('/');
      // Examples and header descriptions are prose too.
      if (kind === 'examples' || kind === 'headers') continue;
      const part = withoutProse(description.components[kind][name]);
      (components[kind] ??= {})[name] = part;
      follow(part);
    }
  };
  follow(operations);
  const { package: name, version, file } = source;
  const info = {
    title: description.info.title,
    version: description.info.version,
    'x-source': { package: name, version, file },
  };
  return `${JSON.stringify({ openapi: description.openapi, info, paths: operations, components }, null, 1)}\n`;
}

/** Without what people read; a property that has such a name stays. */
function withoutProse(value, inProperties = false) {
  if (Array.isArray(value)) return value.map((item) => withoutProse(item));
  if (typeof value !== 'object' || value === null) return value;
  const prose = ['description', 'summary', 'example', 'examples', 'externalDocs', 'tags', 'headers', 'title'];
  const kept = Object.entries(value).filter(([key]) => inProperties || !(prose.includes(key) || key.startsWith('x-')));
  return Object.fromEntries(
    kept.map(([key, item]) => [key, withoutProse(item, key === 'properties' && !inProperties)]),
  );
}

function graphqlExtract(source) {
  const text = published(source);
  const schema = buildSchema(text, { assumeValid: true });
  const fieldsOf = (name) => source.fields[name];
  for (const [name, fields] of Object.entries(source.fields)) {
    const there = Object.keys(schema.getType(name)?.getFields?.() ?? {});
    const missing = fields.filter((field) => !there.includes(field));
    if (missing.length > 0) throw new Error(`${name} has no ${missing.join(', ')}`);
  }
  const needed = new Set();
  const need = (type) => {
    while (isListType(type) || isNonNullType(type)) type = type.ofType;
    if (needed.has(type.name)) return;
    needed.add(type.name);
    if ((isObjectType(type) || isInterfaceType(type)) && !fieldsOf(type.name)) {
      throw new Error(`say in wanted.json which fields of ${type.name} are wanted`);
    }
    for (const field of Object.values(type.getFields?.() ?? {})) {
      if (fieldsOf(type.name) && !fieldsOf(type.name).includes(field.name)) continue;
      need(field.type);
      for (const argument of field.args ?? []) need(argument.type);
    }
  };
  for (const name of Object.keys(source.fields)) need(schema.getType(name));

  const document = visit(parse(text), {
    ObjectTypeDefinition: partOfType,
    InterfaceTypeDefinition: partOfType,
    UnionTypeDefinition: (node) => (needed.has(node.name.value) ? undefined : null),
    EnumTypeDefinition: (node) => (needed.has(node.name.value) ? undefined : null),
    ScalarTypeDefinition: (node) => (needed.has(node.name.value) ? undefined : null),
    InputObjectTypeDefinition: (node) => (needed.has(node.name.value) ? undefined : null),
    DirectiveDefinition: () => null,
    Directive: (node) => (node.name.value === 'deprecated' ? undefined : null),
    StringValue: (node, key) => (key === 'description' ? null : undefined),
  });
  function partOfType(node) {
    const fields = fieldsOf(node.name.value);
    if (!fields) return null;
    return {
      ...node,
      fields: node.fields.filter((field) => fields.includes(field.name.value)),
      // A part of the interfaces, where this part has the fields that they ask for.
      interfaces: node.interfaces.filter(({ name }) => fieldsOf(name.value)?.every((field) => fields.includes(field))),
    };
  }
  const definitions = document.definitions.filter((node) => node.kind !== Kind.SCHEMA_DEFINITION);
  return `# A part of ${source.file} of ${source.package} ${source.version}, made by extract.mjs.\n\n${print({ ...document, definitions })}\n`;
}
