import type { Path } from '../problems';
import type { DraftText } from './draft';

/** Every text in a value of the file, with its path. Names of keys are none. */
export function textsIn(value: unknown, path: Path = []): DraftText[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, index) => textsIn(item, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => textsIn(item, [...path, key]));
}

/** The name of the field that a text belongs to: of a list, the list's. */
export function fieldName(path: Path): string {
  return path.findLast((part) => typeof part === 'string') ?? '';
}

/** The name of the map that the field of a text stands in. */
export function parentName(path: Path): string {
  return path.filter((part) => typeof part === 'string').at(-2) ?? '';
}

/** Whether a text stands in the access to GitHub of a repository. */
export function isGitHubAccess(path: Path): boolean {
  return path.some((part, index) => part === 'github' && path[index - 1] === 'repository');
}
