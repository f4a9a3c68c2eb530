import type { Claimant, SeenFence } from '../../release/fence-rules';
import { fenceRef, type ReleaseRef } from '../../release/identity';
import type { Repository } from '../../release/project';
import { GitHubHost } from '../github/host';
import { GitHost, withRepository, type RefHost, type Refs, type Workspace } from '../repository';
import type { Attempt, Surroundings } from '../surroundings';
import { readFence } from './fence-object';

/** What one attempt at a pointer's activity works with. */
export interface Scene {
  readonly surroundings: Surroundings;
  readonly attempt: Attempt;
  readonly claimant: Claimant;
  readonly repository: Repository;
  readonly workspace: Workspace;
  /** How its refs are read and changed. */
  readonly host: RefHost;
}

/** Refs of the remote and its fence, seen in one look. */
export interface Sight {
  readonly refs: Refs;
  readonly fence: SeenFence;
  /** Object id of the fence's ref; null = absent. */
  readonly fenceId: string | null;
}

interface SceneContext {
  readonly surroundings: Surroundings;
  readonly attempt: Attempt;
  readonly release: ReleaseRef;
  readonly repository: Repository;
}

/** Runs `action` in the workspace of `repository`. */
export function onScene<T>(context: SceneContext, action: (scene: Scene) => Promise<T>): Promise<T> {
  return withRepository(context, (workspace) => action(sceneIn(workspace, context)));
}

/** The scene in a workspace that is open already. */
export function sceneIn(workspace: Workspace, context: SceneContext): Scene {
  const { surroundings, attempt, release, repository } = context;
  const claimant = { release, cluster: release.cluster ?? surroundings.cluster };
  return { surroundings, attempt, claimant, repository, workspace, host: hostOf(workspace, context) };
}

function hostOf(workspace: Workspace, { repository, attempt }: SceneContext): RefHost {
  const git = new GitHost(workspace, repository.trunk);
  return workspace.github ? new GitHubHost(workspace.github, workspace, git, attempt.signal) : git;
}

/** Looks at the refs that match `patterns`, and at the fence. Throws REMOTE_UNREACHABLE or REMOTE_DENIED. */
export async function observe(scene: Scene, patterns: readonly string[]): Promise<Sight> {
  const { host, attempt, claimant } = scene;
  const ref = fenceRef(claimant.release);
  for (;;) {
    attempt.signal.throwIfAborted();
    const refs = await host.readRefs([...patterns, ref]);
    const fenceId = refs.get(ref) ?? null;
    if (fenceId === null) return { refs, fence: { state: 'absent' }, fenceId };
    const fence = await readFence(host, ref, fenceId);
    // It changed between the look and the fetch: look again.
    if (fence !== undefined) return { refs, fence, fenceId };
  }
}

/** Whether the remote has all these commits on the trunk, on a tag or on one of `branches`. */
export function bring(scene: Scene, commits: readonly string[], branches: readonly string[] = []): Promise<boolean> {
  return scene.host.bring(commits, branches);
}
