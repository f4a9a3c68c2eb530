/** A worker's view of a repository, for tests. */
import { join } from 'node:path';
import { withFetched, withRepository, type Depth, type Workspace } from '../../../activities/repository';
import { anAttempt, someSurroundings } from '../../support/attempts';
import type { GitRemote } from '../../support/git-remote';

export interface View {
  readonly url?: string;
  readonly depth?: Depth;
  readonly branches?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
}

function context(remote: GitRemote, view: View) {
  const { url = remote.path, depth = 'history', branches = [], variables = {} } = view;
  return {
    surroundings: someSurroundings(variables, { workspaces: workspaces(remote) }),
    repository: { url, trunk: 'main' },
    attempt: anAttempt(),
    depth,
    branches,
  };
}

export const workspaces = (remote: GitRemote): string => join(remote.folder, 'workspaces');

/** Runs `action` in a workspace into which everything was fetched. */
export function fetched<T>(
  remote: GitRemote,
  action: (workspace: Workspace) => Promise<T>,
  view: View = {},
): Promise<T> {
  return withFetched(context(remote, view), action);
}

/** Runs `action` in the workspace as it was left. */
export function visited<T>(
  remote: GitRemote,
  action: (workspace: Workspace) => Promise<T>,
  view: View = {},
): Promise<T> {
  return withRepository(context(remote, view), action);
}
