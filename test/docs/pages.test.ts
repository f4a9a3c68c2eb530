import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { parseProject } from '../../config/load-project';
import { examplePayload, parseDecision, type DecisionKind } from '../../release/decision';
import { parseFence } from '../../release/fence';
import { projectRoot } from '../../examples/shop/project-root';
import { buildProgram } from '../../client/program';
import { blocksOf, pages, proseOf } from './pages';

describe.each(pages().map(({ path, text }) => [path, text] as const))('%s', (path, text) => {
  test('links lead to files and headings that are there', () => {
    const broken = [...proseOf(text).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^[a-z]+:/.test(target) && !leadsSomewhere(path, target, text));
    expect(broken).toEqual([]);
  });

  test('paths that it names are there', () => {
    const missing = [...proseOf(text).matchAll(/`([^`\n]+)`/g)]
      .map(([, code = '']) => code)
      .filter((code) => looksLikePath(code) && !existsSync(join(projectRoot, code)));
    expect(missing).toEqual([]);
  });

  test('whole files in it are valid', () => {
    const files = blocksOf(text).filter(({ info }) => info === 'yaml whole-file');
    for (const block of files) expect(() => parseProject(block.text, { file: path, folder: '/' })).not.toThrow();
  });

  test('parts of a service in it are valid', () => {
    const parts = blocksOf(text).filter(({ info }) => info === 'yaml service');
    for (const { text: part } of parts)
      expect(() => parseProject(fileWith(part), { file: path, folder: '/' })).not.toThrow();
  });

  test('a fence in it is read as one', () => {
    for (const block of blocksOf(text).filter(({ info }) => info === 'json fence')) {
      expect(parseFence(block.text)).toBeDefined();
    }
  });

  test('JSON for decisions is read as such', () => {
    const rows = [...text.matchAll(/^\| `(\w+)` +\| `(\{.*?\})`/gm)];
    for (const [, kind = '', payload = ''] of rows) {
      expect(examplePayload(kind as DecisionKind)).toEqual(expect.any(String));
      expect(parseDecision(kind as DecisionKind, JSON.parse(payload), 'id')).toHaveProperty('decision');
    }
  });

  test('commands and options of slipway that it shows are there', () => {
    const shown = [...text.matchAll(/(?:^|`|\n) *(?:npx )?slipway ([a-z][a-z-]*)((?: +(?:[^\s`#]+))*)/g)];
    for (const [whole, name = '', rest = ''] of shown) {
      const command = buildProgram().commands.find((known) => known.name() === name);
      const meant = [command, ...(command?.commands ?? []), buildProgram()];
      const known = meant.flatMap((one) => one?.options ?? []).flatMap(({ long }) => long ?? []);
      const unknown = [...rest.matchAll(/--[a-z-]+/g)].map(([option]) => option).filter((o) => !known.includes(o));
      expect({ whole, is: command?.name(), unknown }).toEqual({ whole, is: name, unknown: [] });
    }
  });
});

test('every key of slipway.yaml is described', () => {
  const described = ['configuration.md', 'checks.md', 'pointers.md', 'github.md']
    .map((name) => textOf(join('docs', name)))
    .join('\n');
  const words = new Set([...described.matchAll(/`([^`\n]+)`/g)].flatMap(([, code = '']) => code.split(/[^\w]+/)));
  expect([...keysIn(JSON.parse(readFileSync(schemaFile, 'utf8')))].filter((key) => !words.has(key))).toEqual([]);
});

test('every environment variable of Slipway is described', () => {
  const described = pages().map(({ text }) => text);
  const missing = variablesInSource().filter((name) => !described.some((text) => text.includes(`\`${name}\``)));
  expect(missing).toEqual([]);
});

const schemaFile = join(projectRoot, 'config', 'slipway.schema.json');

const textOf = (path: string): string => readFileSync(join(projectRoot, path), 'utf8');

/** The names of all properties in a JSON Schema, at any depth. */
function keysIn(schema: unknown): Set<string> {
  if (typeof schema !== 'object' || schema === null) return new Set();
  const { properties } = schema as { properties?: Record<string, unknown> };
  return new Set([...Object.keys(properties ?? {}), ...Object.values(schema).flatMap((part) => [...keysIn(part)])]);
}

function variablesInSource(): string[] {
  const files = ['client', 'worker', 'activities', 'config'].flatMap((folder) =>
    readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  );
  const names = files
    .filter((name) => /\.(ts|mjs)$/.test(name))
    .flatMap((name) => [...textOf(name).matchAll(/\['(SLIPWAY_[A-Z_]+)'\]|\b(SLIPWAY_[A-Z_]+):/g)]);
  return [...new Set(names.map(([, read, given]) => read ?? given ?? ''))].sort();
}

/** A whole file with one service, whose parts are as usual where `part` says nothing. */
function fileWith(part: string): string {
  const usual = { pointer: { kind: 'branch', name: 'production' }, live: { http: 'https://shop.example/version' } };
  const service = { ...usual, ...(parse(part) as object) };
  const shared = { version: 1, project: 'shop', repository: { url: '/shop.git' }, versions: 'commit' };
  return stringify({ ...shared, services: { api: service }, environments: { production: {} } });
}

function leadsSomewhere(from: string, target: string, text: string): boolean {
  const [file = '', heading] = target.split('#');
  const path = file === '' ? from : join(dirname(from), file);
  if (!existsSync(join(projectRoot, path))) return false;
  const page = path === from ? text : pages().find((known) => known.path === path)?.text;
  return heading === undefined || (page !== undefined && headingsOf(page).includes(heading));
}

/** As the usual hosts make anchors of headings. */
function headingsOf(text: string): string[] {
  return [...proseOf(text).matchAll(/^#+ +(.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}

const inFolder =
  /^(release|config|workflows|activities|worker|client|test|docs|examples|benchmarks|screenshots|\.ci)\/([\w.-]+\/)*([\w-]+(\.[\w-]+)*\.(ts|mjs|js|json|md|yaml|sh))?$/;
const inRoot = /^((jest|eslint|tsconfig|package)[\w.-]*\.(js|mjs|json)|README\.md|CHANGELOG\.md)$/;

/** A path of this project: a folder of its tree, a file in one, or a file of its root. */
function looksLikePath(code: string): boolean {
  return inFolder.test(code) || inRoot.test(code);
}
