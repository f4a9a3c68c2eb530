/** What GitHub's API says of a service's repository before a release. */
import { SlipwayError } from '../../release/errors';
import { fillName } from '../../release/ref-names';
import type { Service, VersionSource } from '../../release/project';
import { failureError, type ApiFailure } from '../github/api-failure';
import { readFacts, tryToWrite, type RepositoryFacts } from '../github/facts';
import type { GitHubRepository } from '../github/repository';

/** The facts, and whether our credentials may change anything; or why the API is closed to us. */
export type GitHubLook =
  { readonly facts: RepositoryFacts; readonly writes: 'allowed' | ApiFailure } | { readonly closed: string };

/** Looks. Throws the error of the table where there is no answer, also GITHUB_REPOSITORY_EMPTY. */
export async function lookAtGitHub(
  github: GitHubRepository,
  { repository, pointer }: Service,
  versionRef: string | undefined,
): Promise<GitHubLook> {
  const names = [
    `refs/heads/${repository.trunk}`,
    ...(pointer.kind === 'branch' ? [`refs/heads/${pointer.name}`] : []),
    ...(versionRef === undefined ? [] : [versionRef]),
  ];
  const [facts, writes] = await Promise.all([readFacts(github, [...new Set(names)]), tryToWrite(github)]);
  if ('closed' in facts) return facts;
  if (facts.empty) throw failureError({ kind: 'empty', detail: '' }, github.shown);
  // It has not said no, and is asked again: an answer that is lost once must not close a gate for good.
  if (writes !== 'allowed' && ['limit', 'no answer'].includes(writes.kind)) throw failureError(writes, github.shown);
  return { facts, writes };
}

/** The tag that a version is, if versions are tags. */
export function versionRefOf(versions: VersionSource, version: string): string | undefined {
  return versions.kind === 'tag' ? `refs/tags/${fillName(versions.pattern, { version })}` : undefined;
}

/** The commit that the version's tag names; undefined = there is no such tag. Throws TAG_OF_NO_COMMIT. */
export function commitOfTag(look: GitHubLook, ref: string, service: string): string | undefined {
  const named = 'facts' in look ? look.facts.refs.get(ref) : undefined;
  if (named === undefined || named.type === 'commit') return named?.target;
  throw new SlipwayError('TAG_OF_NO_COMMIT', { service, tag: ref.replace('refs/tags/', ''), type: named.type });
}
