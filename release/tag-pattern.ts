/** Patterns of tags: whether a name is of a pattern, and whether two patterns have a name in common. */

/** One character of a pattern: which characters may stand there, and whether there may be more or none of them. */
interface Place {
  readonly fits: (character: string) => boolean;
  readonly repeated: boolean;
}

const alphanumeric = /[A-Za-z0-9]/;

/** What may stand for each placeholder: a version as `problemOfVersion` allows it, a number, anything else. */
const places: Readonly<Record<string, readonly Place[]>> = {
  version: [one(alphanumeric), many(/[A-Za-z0-9._+-]/)],
  n: [one(/[0-9]/), many(/[0-9]/)],
};

const anything = [one(/[^]/), many(/[^]/)];

/** Whether some name is of both patterns: `release/{version}` and `release/v{version}` share `release/v1`. */
export function patternsMeet(first: string, second: string): boolean {
  const [a, b] = [placesOf(first), placesOf(second)];
  const candidates = [...new Set([...`${first}${second}`, ...'aA0._+-/'])];
  const seen = new Set<string>();
  const open: [number, number][] = [[0, 0]];
  for (const [i, j] of open) {
    const key = `${i},${j}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const [left, right] = [a[i], b[j]];
    if (!left && !right) return true;
    if (left?.repeated) open.push([i + 1, j]);
    if (right?.repeated) open.push([i, j + 1]);
    if (left && right && candidates.some((character) => left.fits(character) && right.fits(character))) {
      open.push([left.repeated ? i : i + 1, right.repeated ? j : j + 1]);
    }
  }
  return false;
}

function placesOf(pattern: string): Place[] {
  return pattern.split(/(\{\w+\})/).flatMap((part) => {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    return name === undefined ? [...part].map(literal) : (places[name] ?? anything);
  });
}

function literal(character: string): Place {
  return { fits: (other) => other === character, repeated: false };
}

function one(set: RegExp): Place {
  return { fits: (character) => set.test(character), repeated: false };
}

function many(set: RegExp): Place {
  return { fits: (character) => set.test(character), repeated: true };
}
