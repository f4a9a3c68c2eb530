/** Which of two versions is newer, by name alone: semver, build numbers, anything with numbers in it. */

interface Semver {
  readonly core: readonly bigint[];
  readonly pre: readonly string[];
}

/**
 * Below 0 if `a` is older than `b`, 0 if neither is, above 0 if newer. Semver's rules where both are semver (a leading
 * `v` and missing parts allowed; build metadata does not count), a build number being `N.0.0`; anything that is no
 * version is older than anything that is, and among its like ordered by text.
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parse(a), parse(b)];
  if (!left || !right) return left ? 1 : right ? -1 : compareText(a, b);
  for (let i = 0; i < Math.max(left.core.length, right.core.length); i++) {
    const [x, y] = [left.core[i] ?? 0n, right.core[i] ?? 0n];
    if (x !== y) return x < y ? -1 : 1;
  }
  return comparePre(left.pre, right.pre);
}

/** The newest of `versions`, or undefined if there is none. */
export function newestVersion(versions: readonly string[]): string | undefined {
  return [...versions].sort(compareVersions).at(-1);
}

/** At most `count` of `known`, those most like `wanted` first: for "did you mean". */
export function nearestVersions(wanted: string, known: readonly string[], count = 3): string[] {
  const distance = new Map(known.map((version) => [version, editDistance(wanted, version)]));
  return [...distance.keys()]
    .sort((a, b) => (distance.get(a) ?? 0) - (distance.get(b) ?? 0) || compareVersions(b, a))
    .slice(0, count);
}

function parse(text: string): Semver | undefined {
  const match = /^v?(\d+(?:\.\d+)*)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/.exec(text);
  if (!match) return undefined;
  return { core: (match[1] ?? '').split('.').map(BigInt), pre: match[2] === undefined ? [] : match[2].split('.') };
}

function comparePre(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return a.length === b.length ? 0 : a.length === 0 ? 1 : -1;
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = comparePart(a[i] ?? '', b[i] ?? '');
    if (order !== 0) return order;
  }
  return Math.sign(a.length - b.length);
}

function comparePart(a: string, b: string): number {
  const [x, y] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (x && y) return BigInt(a) === BigInt(b) ? 0 : BigInt(a) < BigInt(b) ? -1 : 1;
  return x === y ? compareText(a, b) : x ? -1 : 1;
}

const compareText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
