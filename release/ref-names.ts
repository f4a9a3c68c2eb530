/** Names of refs with placeholders: filled, read back, and judged as git judges them. */

/** `pattern` with each `{name}` that `values` has put in; others stay. */
export function fillName(pattern: string, values: Readonly<Record<string, string | number>>): string {
  return pattern.replace(/\{(\w+)\}/g, (whole, key: string) =>
    Object.hasOwn(values, key) ? String(values[key]) : whole,
  );
}

/** What stands in `name` where `pattern` has `{key}`, or undefined if the name is not of that pattern. */
export function readName(pattern: string, key: string, name: string): string | undefined {
  const [before, after, ...rest] = pattern.split(`{${key}}`);
  if (before === undefined || after === undefined || rest.length > 0) return undefined;
  const fits = name.length > before.length + after.length && name.startsWith(before) && name.endsWith(after);
  return fits ? name.slice(before.length, name.length - after.length) : undefined;
}

/**
 * The number for the next tag of a `pattern` with `{n}`: one more than the highest there is, so that a deployer that
 * follows the highest tag sees it as the newest. A pattern without `{n}` gets 1.
 */
export function nextNumber(pattern: string, names: Iterable<string>): number {
  let highest = 0;
  for (const name of names) {
    const text = readName(pattern, 'n', name);
    if (text !== undefined && /^\d{1,9}$/.test(text)) highest = Math.max(highest, Number(text));
  }
  return highest + 1;
}

/** Why git would not take `name` as a tag or branch, or undefined if it would (the rules of git-check-ref-format). */
export function refNameProblem(name: string): string | undefined {
  if (name === '' || name === '@') return 'it is empty';
  if (name.startsWith('-')) return 'it begins with a dash';
  // eslint-disable-next-line no-control-regex -- control characters are exactly what must not be in it
  const bad = /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|\/$|^\/|\.$/.exec(name);
  if (bad) return `it holds ${JSON.stringify(bad[0])}`;
  const part = name.split('/').find((piece) => piece.startsWith('.') || piece.endsWith('.lock'));
  return part === undefined ? undefined : `its part ${JSON.stringify(part)} is not allowed`;
}
