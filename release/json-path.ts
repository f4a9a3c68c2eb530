/**
 * What stands at a dotted `path` (`items.0.id`; empty = the whole) of a parsed JSON value. undefined = there is
 * nothing; JSON itself has no undefined. Only what the document holds is found, never what objects inherit.
 */
export function valueAt(json: unknown, path: string): unknown {
  let value = json;
  for (const key of path === '' ? [] : path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** The JSON value of `text`; undefined = it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
