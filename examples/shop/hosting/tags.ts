import { git } from '../git';

/** A ref and the commit behind it. */
export interface Target {
  readonly ref: string;
  readonly commit: string;
}

/** Whether a full ref name is a tag of the pattern, such as `v*`. */
export function isTagLike(ref: string, pattern: string): boolean {
  const name = /^refs\/tags\/(.+)$/.exec(ref)?.[1];
  if (name === undefined) return false;
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** The tag of the pattern with the highest version, if there is any. */
export async function highestTag(repository: string, pattern: string): Promise<Target | undefined> {
  const format = '--format=%(refname) %(objectname) %(*objectname)';
  const list = await git(['for-each-ref', format, 'refs/tags'], { folder: repository });
  const tags = list.split('\n').map((line) => line.split(' '));
  const targets = tags.flatMap(([ref = '', id = '', peeled]) =>
    isTagLike(ref, pattern) ? [{ ref, commit: peeled || id }] : [],
  );
  return targets.sort((one, other) => compareVersions(other.ref, one.ref))[0];
}

/** The commit behind an object id, through annotated tags. */
export const commitBehind = (repository: string, id: string): Promise<string> =>
  git(['rev-parse', '--verify', `${id}^{commit}`], { folder: repository });

/** Semantic versioning's order, of the versions that the names end in; a pre-release is lower than its release. */
function compareVersions(one: string, other: string): number {
  const [a, b] = [versionIn(one), versionIn(other)];
  for (const index of [0, 1, 2]) {
    const difference = (a.numbers[index] ?? 0) - (b.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (a.pre === b.pre) return 0;
  if (a.pre === '') return 1;
  if (b.pre === '') return -1;
  return a.pre.localeCompare(b.pre, 'en', { numeric: true });
}

function versionIn(ref: string): { readonly numbers: readonly number[]; readonly pre: string } {
  const [, major, minor, patch, pre] = /(\d+)\.(\d+)\.(\d+)(?:-([^+]+))?(?:\+.*)?$/.exec(ref) ?? [];
  return { numbers: [major, minor, patch].map(Number), pre: pre ?? '' };
}
