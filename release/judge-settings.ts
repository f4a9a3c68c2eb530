/** Whether settings exist in a target, told from a list of their names. Values are never looked at, nor told. Pure. */
import { clip } from './clip';
import type { Finding } from './facts';
import type { Evidence } from './gate-rule';
import { parseJson, valueAt } from './json-path';

/** What names stand under in lists of objects, as GitHub, Kubernetes and hosting services write them. */
const nameKeys = ['name', 'key'];

const longestMissing = 300;

/**
 * The names that `text` lists at the dotted `path` of its JSON: a list of texts, or of objects with a `name` or `key`,
 * or the keys of an object. Or why there is no such list, in a few words that quote nothing of it.
 */
export function settingNames(text: string, path: string): ReadonlySet<string> | { readonly malformed: string } {
  const json = parseJson(text);
  if (json === undefined) return { malformed: 'it is no JSON' };
  const found = valueAt(json, path);
  const where = path === '' ? 'it' : `its ${path}`;
  if (found === undefined) return { malformed: `it has no ${path}` };
  if (typeof found !== 'object' || found === null) return { malformed: `${where} is neither a list nor an object` };
  if (!Array.isArray(found)) return new Set(Object.keys(found));
  const names = found.map(nameOf);
  const known = names.filter((name) => name !== undefined);
  if (known.length < names.length) return { malformed: `${where} lists something that has no name` };
  return new Set(known);
}

/** Whether all of `wanted` are among `there`: who is missing is named first. */
export function judgeSettings(
  wanted: readonly string[],
  there: ReadonlySet<string>,
): Finding & { readonly evidence: readonly Evidence[] } {
  const missing = wanted.filter((name) => !there.has(name));
  const evidence = [
    ...missing.map((name) => ({ name, value: 'missing' })),
    ...wanted.filter((name) => there.has(name)).map((name) => ({ name, value: 'there' })),
  ];
  if (missing.length === 0) {
    const detail = wanted.length === 1 ? `${wanted[0]} is there` : `all ${wanted.length} settings are there`;
    return { verdict: 'passed', detail, evidence };
  }
  const names = clip(missing.join(', '), longestMissing);
  const count = missing.length === 1 ? 'a setting is' : `${missing.length} settings are`;
  return { verdict: 'failed', detail: `${count} missing in the target: set ${names}`, evidence };
}

function nameOf(item: unknown): string | undefined {
  const value = typeof item === 'string' ? item : nameKeys.map((key) => valueAt(item, key)).find(isText);
  return isText(value) ? value : undefined;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
