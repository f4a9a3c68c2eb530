/** A worker's view of a repository, for tests. */
import { join } from 'node:path';
import { withFetched, withRepository, type Depth, type Workspace } from '../../../activities/repository';
import type { GitRemote } from '../../support/git-remote';
import { noLedger } from '../../support/no-ledger';

export interface View {
  readonly url?: string;
  readonly depth?: Depth;
  readonly branches?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
}

function context(remote: GitRemote, view: View) {
  const { url = remote.path, depth = 'history', branches = [], variables = {} } = view;
  return {
    surroundings: {
      lookup: (name: string) => variables[name],
      redact: (text: string) => text,
      workspaces: workspaces(remote),
      cluster: 'test',
      ledger: noLedger,
      isReleaseOpen: async () => true,
      requestRelease: () => Promise.reject(new Error('nothing here asks for releases')),
      reach: async () => undefined,
    },
    repository: { url, trunk: 'main' },
    attempt: { signal: new AbortController().signal, progress: () => undefined },
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
