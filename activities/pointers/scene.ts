import type { Claimant, SeenFence } from '../../release/fence-rules';
import { fenceRef, type ReleaseRef } from '../../release/identity';
import type { Repository } from '../../release/project';
import { readRefs, withRepository, type Refs, type Workspace } from '../repository';
import type { Attempt, Surroundings } from '../surroundings';
import { readFence } from './fence-object';

/** What one attempt at a pointer's activity works with. */
export interface Scene {
  readonly surroundings: Surroundings;
  readonly attempt: Attempt;
  readonly claimant: Claimant;
  readonly repository: Repository;
  readonly workspace: Workspace;
}

/** Refs of the remote and its fence, seen in one look. */
export interface Sight {
  readonly refs: Refs;
  readonly fence: SeenFence;
  /** Object id of the fence's ref; null = absent. */
  readonly fenceId: string | null;
}

/** Runs `action` in the workspace of `repository`. */
export function onScene<T>(
  context: { surroundings: Surroundings; attempt: Attempt; release: ReleaseRef; repository: Repository },
  action: (scene: Scene) => Promise<T>,
): Promise<T> {
  const { surroundings, attempt, release, repository } = context;
  const claimant = { release, cluster: release.cluster ?? surroundings.cluster };
  return withRepository(context, (workspace) => action({ surroundings, attempt, claimant, repository, workspace }));
}

/** Looks at the refs that match `patterns`, and at the fence. Throws REMOTE_UNREACHABLE or REMOTE_DENIED. */
export async function observe(scene: Scene, patterns: readonly string[]): Promise<Sight> {
  const { workspace, attempt, claimant } = scene;
  const ref = fenceRef(claimant.release.environment);
  for (;;) {
    attempt.signal.throwIfAborted();
    const refs = await readRefs(workspace.url, [...patterns, ref], attempt.signal);
    const fenceId = refs.get(ref) ?? null;
    if (fenceId === null) return { refs, fence: { state: 'absent' }, fenceId };
    const fence = await readFence(workspace, ref, fenceId);
    // It changed between the look and the fetch: look again.
    if (fence !== undefined) return { refs, fence, fenceId };
  }
}

/**
 * Fetches if one of `commits` is not in the workspace. Returns whether all are there then: if not, the remote has them
 * on no tag, not on the trunk, and not on `branches`.
 */
export async function bring(
  scene: Scene,
  commits: readonly string[],
  branches: readonly string[] = [],
): Promise<boolean> {
  if (await scene.workspace.has(commits)) return true;
  await scene.workspace.fetch([scene.repository.trunk, ...branches]);
  return scene.workspace.has(commits);
}
