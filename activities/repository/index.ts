/** Reading a git repository: what versions are, what lies between them, what stands in files. */
import { resolveReferences } from '../../release/env-references';
import type { Repository } from '../../release/project';
import { GitHubRepository } from '../github/repository';
import type { Attempt, Surroundings } from '../surroundings';
import type { Depth } from './bare-repository';
import type { Workspace } from './workspace';
import { withWorkspace } from './open-workspace';

export {
  commitsBetween,
  contributorsBetween,
  findCommit,
  isAncestor,
  readCommit,
  relationTo,
  standsFor,
} from './history';
export { SHOWN, type CommitsBetween, type CommitText, type History } from './commit-history';
export { checkPush, remoteFinding } from './push-check';
export { readFile, readFolder, type RepositoryFile } from './read-files';
export { GitHost } from './git-host';
export type { ChangeAnswer, RefHost, RefUpdate } from './ref-host';
export type { Refs } from './remote';
export { nameCommit, resolveVersion, taggedVersions, type VersionQuestion } from './resolve-version';
export type { Depth } from './bare-repository';
export type { Workspace } from './workspace';

/** The repository's address with `${env:…}` references resolved: never to be shown. */
export function repositoryUrl(surroundings: Surroundings, repository: Repository): string {
  return resolveReferences(repository.url, surroundings.lookup, 'repository.url');
}

/** Runs `action` with this process's workspace of `repository`, as it was left: nothing is fetched yet. */
export function withRepository<T>(
  context: { surroundings: Surroundings; repository: Repository; attempt: Attempt; depth?: Depth },
  action: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  const { surroundings, repository, attempt, depth } = context;
  const { signal } = attempt;
  const url = repositoryUrl(surroundings, repository);
  const github = GitHubRepository.of(repository, surroundings.lookup, signal);
  const options = { parent: surroundings.workspaces, url, signal, github };
  return withWorkspace(depth === undefined ? options : { ...options, depth }, action);
}

/** As `withRepository`, with the trunk, all tags, all fences and `branches` fetched first. */
export function withFetched<T>(
  context: Parameters<typeof withRepository>[0] & { branches?: readonly string[] },
  action: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  return withRepository(context, async (workspace) => {
    await workspace.fetch([context.repository.trunk, ...(context.branches ?? [])]);
    return action(workspace);
  });
}
