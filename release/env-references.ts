/**
 * References to environment variables, `${env:NAME}`. Configuration, plans and histories carry the reference; only an
 * activity puts the value in, on the worker that uses it, so that no secret ever leaves that worker.
 */
import { SlipwayError } from './errors';

/** How a variable's value is found; `undefined` = it is not set. */
export type Lookup = (name: string) => string | undefined;

const reference = /\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}/g;

/**
 * `value` with every reference in every string of it replaced, at any depth of arrays and plain objects; names of
 * fields stay as they are. What a variable holds is not looked at again, so a value may hold `${env:…}` itself.
 * Throws ENV_REFERENCE_UNDEFINED that names all variables that are not set; `where` says who needs them.
 */
export function resolveReferences<T>(value: T, lookup: Lookup, where: string): T {
  const missing = referencesIn(value).filter((name) => lookup(name) === undefined);
  if (missing.length > 0) throw new SlipwayError('ENV_REFERENCE_UNDEFINED', { name: missing.join(', '), where });
  return mapStrings(value, (text) => text.replace(reference, (_, name: string) => lookup(name) ?? '')) as T;
}

/** The names of all variables that `value` refers to, at any depth: each once, in order of appearance. */
export function referencesIn(value: unknown): string[] {
  const names = new Set<string>();
  mapStrings(value, (text) => {
    for (const [, name] of text.matchAll(reference)) names.add(name ?? '');
    return text;
  });
  return [...names];
}

/**
 * Throws ENV_REFERENCE_UNDEFINED if a variable that `parts` (place → what stands there) refers to is not set: one error
 * that names all of them, and every place that needs one.
 */
export function requireReferences(parts: Readonly<Record<string, unknown>>, lookup: Lookup): void {
  const needs = Object.entries(parts).flatMap(([place, value]) => {
    const names = referencesIn(value).filter((name) => lookup(name) === undefined);
    return names.length > 0 ? [{ place, names }] : [];
  });
  const names = [...new Set(needs.flatMap((need) => need.names))];
  if (names.length === 0) return;
  // No `NAME: …`: what follows such a name is taken for a secret and masked.
  const where = needs.map((need) => (names.length === 1 ? need.place : `${need.place} (${need.names.join(', ')})`));
  throw new SlipwayError('ENV_REFERENCE_UNDEFINED', { name: names.join(', '), where: where.join(', ') });
}

function mapStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, change)]));
}
