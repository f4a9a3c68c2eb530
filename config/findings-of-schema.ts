import { z } from 'zod';
import { nearest, suggest } from './nearest';
import type { Finding, Path } from './problems';
import { quote } from './quote';

type Issue = z.core.$ZodIssue;

/** What zod's own message is replaced by: what the schema knows and its issue does not say. */
interface Knowledge {
  readonly keys?: readonly string[];
  readonly examples?: readonly unknown[];
  readonly description?: string;
}

/** The parsed value, or everything that the schema has against `value`. */
export function readBySchema<T>(
  schema: z.ZodType<T>,
  value: unknown,
): { readonly parsed: T } | { readonly findings: readonly Finding[] } {
  const result = schema.safeParse(value, { error: (issue) => JSON.stringify(knowledgeOf(issue.inst)) });
  if (result.success) return { parsed: result.data };
  return { findings: result.error.issues.flatMap((issue) => findingsOf(issue, [], value)) };
}

function knowledgeOf(schema: unknown): Knowledge {
  if (!(schema instanceof z.core.$ZodType)) return {};
  const { description, examples } = z.globalRegistry.get(schema) ?? {};
  return {
    ...(schema instanceof z.ZodObject && { keys: Object.keys(schema.shape) }),
    ...(Array.isArray(examples) && { examples: examples as unknown[] }),
    ...(description !== undefined && { description }),
  };
}

function findingsOf(issue: Issue, base: Path, root: unknown): Finding[] {
  const path = [...base, ...(issue.path as Path)];
  const value = valueAt(root, path);
  const one = (message: string, hint: string, at: Finding['at'] = 'value'): Finding[] => [{ path, at, message, hint }];
  switch (issue.code) {
    case 'custom':
      return one(`${quote(value)} ${issue.message}`, String(issue.params?.['hint'] ?? ''));
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey([...path, key], knownBy(issue).keys ?? []));
    case 'invalid_union':
      return findingsOfUnion(issue, path, root);
    case 'invalid_key':
      return one(`${quote(path.at(-1))} cannot be used as a name here`, keyHint(path), 'key');
    case 'invalid_value':
      return value === undefined ? missing(issue, path) : one(...notAmong(value, issue.values));
    case 'invalid_type':
      return value === undefined ? missing(issue, path) : one(...wrongType(value, issue.expected, knownBy(issue)));
    case 'too_small':
      if (issue.origin === 'number') return one(`${quote(value)} is too small`, `Write ${issue.minimum} or more.`);
      return one('is empty', 'Give it a value.');
    case 'too_big':
      return one(`${quote(value)} is too large`, `Write ${issue.maximum} or less.`);
    default:
      return one(`${quote(value)} is not valid`, exampleHint(knownBy(issue)));
  }
}

/** Of several forms that a value may have, the findings of the one that was most likely meant. */
function findingsOfUnion(issue: Extract<Issue, { code: 'invalid_union' }>, path: Path, root: unknown): Finding[] {
  const value = valueAt(root, path);
  if (issue.errors.length === 0) {
    const options = ((issue as { options?: unknown[] }).options ?? []).map(String);
    if (value === undefined)
      return [
        {
          path: path.slice(0, -1),
          at: 'key',
          message: `lacks ${String(path.at(-1))}`,
          hint: `Write ${either(options)}.`,
        },
      ];
    const [message, hint] = notAmong(value, options);
    return [{ path, at: 'value', message, hint }];
  }
  if (value === undefined) return missing(issue, path);
  const fitting = issue.errors.filter((branch) => branch.every((each) => !isOfOtherKind(each)));
  const ranked = fitting
    .map((branch) => ({ branch, strangeness: strangeness(branch, path, root) }))
    .sort((a, b) => a.strangeness - b.strangeness);
  const [best, next] = ranked;
  if (best && (!next || best.strangeness < next.strangeness)) {
    return best.branch.flatMap((each) => findingsOf(each, path, root));
  }
  const unknown = best && unknownToAll(fitting);
  if (unknown) return unknown.keys.map((key) => unknownKey([...path, key], unknown.known));
  const [message, hint] = noForm(value, issue);
  return [{ path, at: 'value', message, hint }];
}

/** What to say of a value that has none of the forms that it may have. */
function noForm(value: unknown, issue: Extract<Issue, { code: 'invalid_union' }>): [string, string] {
  const forms = issue.errors.flat();
  const words = forms.flatMap((each) => (each.code === 'invalid_value' ? each.values.map(String) : []));
  const meant = typeof value === 'string' ? nearest(value, words) : undefined;
  if (meant !== undefined) return [`${quote(value)} is not known here`, `Did you mean ${meant}?`];
  const { examples = [] } = knownBy(issue);
  const hint = examples.length > 0 ? `Write ${either(examples.map(inYaml))}.` : '';
  if (value === null) return ['is empty', hint];
  if (words.length > 0) return [`${quote(value)} is not known here`, hint];
  const types = [...new Set(forms.flatMap(typesWanted))].filter((type) => type !== nameOfType(value));
  return [
    types.length > 0
      ? `is ${nameOfType(value)}, but must be ${either(types)}`
      : 'has none of the forms that it may have',
    hint,
  ];
}

function typesWanted(issue: Issue): string[] {
  if (issue.path.length > 0) return [];
  if (issue.code === 'invalid_union') return issue.errors.flat().flatMap(typesWanted);
  return issue.code === 'invalid_type' ? [typeNames[issue.expected] ?? issue.expected] : [];
}

/** Whether an issue says that the value is something else altogether than this form of it. */
function isOfOtherKind(issue: Issue): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === 'invalid_union') return issue.errors.every((branch) => branch.some(isOfOtherKind));
  return issue.code === 'invalid_type' || issue.code === 'invalid_value';
}

/** How many keys of a value this form of it does not know or misses. */
function strangeness(branch: readonly Issue[], path: Path, root: unknown): number {
  return branch.reduce((sum, issue) => {
    if (issue.path.length === 0 && issue.code === 'unrecognized_keys') return sum + issue.keys.length;
    const isMissing = issue.path.length === 1 && valueAt(root, [...path, ...(issue.path as Path)]) === undefined;
    return isMissing ? sum + 1 : sum;
  }, 0);
}

function unknownToAll(branches: readonly (readonly Issue[])[]): { keys: string[]; known: string[] } | undefined {
  const strange = branches.map((branch) => branch.find((issue) => issue.code === 'unrecognized_keys'));
  if (strange.some((issue) => issue === undefined)) return undefined;
  const issues = strange.filter((issue) => issue !== undefined);
  const known = [...new Set(issues.flatMap((issue) => knownBy(issue).keys ?? []))];
  const keys = [...new Set(issues.flatMap((issue) => issue.keys))].filter((key) => !known.includes(key));
  return keys.length > 0 ? { keys, known } : undefined;
}

function unknownKey(path: Path, known: readonly string[]): Finding {
  return { path, at: 'key', message: 'is not known here', hint: suggest(String(path.at(-1)), known) };
}

function missing(issue: Issue, path: Path): Finding[] {
  const key = path.at(-1);
  const { description, examples: [example] = [] } = knownBy(issue);
  const hint = example === undefined ? (description ?? '') : `Write for example ${key}: ${inYaml(example)}.`;
  return [{ path: path.slice(0, -1), at: 'key', message: `lacks ${String(key)}`, hint }];
}

function notAmong(value: unknown, values: readonly unknown[]): [string, string] {
  const words = values.map(String);
  const meant = typeof value === 'string' ? nearest(value, words) : undefined;
  return [
    `${quote(value)} is not known here`,
    `Write ${either(words)}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`,
  ];
}

function wrongType(value: unknown, expected: string, knowledge: Knowledge): [string, string] {
  if (value === null) return ['is empty', exampleHint(knowledge) || 'Give it a value, or leave the line out.'];
  if (expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
    return [`is ${nameOfType(value)}, but must be text`, `Write it in quotes: "${value}".`];
  }
  return [`is ${nameOfType(value)}, but must be ${typeNames[expected] ?? expected}`, exampleHint(knowledge)];
}

const nameOfType = (value: unknown) => typeNames[Array.isArray(value) ? 'array' : typeof value] ?? 'something else';

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
  null: 'null',
};

function keyHint(path: Path): string {
  if (path.at(-2) === 'headers') return 'Write the name of an HTTP header.';
  return 'Write a dotted path such as build.commit.';
}

const exampleHint = ({ examples: [example] = [] }: Knowledge) =>
  example === undefined ? '' : `Write for example ${inYaml(example)}.`;

const either = (words: readonly string[]) =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

/** A value as it can be written in one line of YAML. */
function inYaml(value: unknown): string {
  if (typeof value === 'string') return /^[\w./-]+$/.test(value) ? value : JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(inYaml).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{ ${Object.entries(value)
    .map(([key, item]) => `${key}: ${inYaml(item)}`)
    .join(', ')} }`;
}

function knownBy(issue: Issue): Knowledge {
  try {
    return JSON.parse(issue.message) as Knowledge;
  } catch {
    return {};
  }
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined,
    root,
  );
}
