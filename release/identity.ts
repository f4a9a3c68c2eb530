/** Names that people can guess: of workflows, of task queues, and of one release. */

/** One release, as every activity is told of it. */
export interface ReleaseRef {
  /** Workflow id: `release/<project>/<environment>/<version>/<n>`. */
  readonly id: string;
  /** Temporal's id of this very execution; empty before it has one. */
  readonly runId: string;
  readonly project: string;
  readonly environment: string;
  readonly version: string;
  /** When it was asked for: ISO 8601, UTC. All dates inside git objects come from it, so that a retry makes the same object. */
  readonly requestedAt: string;
  /** The Temporal on which it ran, where that is not the worker's: only a recovery acts for such a release. */
  readonly cluster?: string;
}

/**
 * What stands for one execution of a release outside Temporal. Its id alone would not do: numbers begin anew where a
 * Temporal was made anew, and a fence raised against a release of old must not stop another.
 */
export function releaseKey({ id, runId }: Pick<ReleaseRef, 'id' | 'runId'>): string {
  return runId ? `${id}@${runId}` : id;
}

/** Id of the one workflow that lets releases change an environment. */
export function environmentWorkflowId(project: string, environment: string): string {
  return `environment/${project}/${environment}`;
}

/** Id of the n-th release of a version to an environment. */
export function releaseWorkflowId(project: string, environment: string, version: string, n: number): string {
  return `release/${project}/${environment}/${version}/${n}`;
}

/** Id of the workflow that recovers a release which nobody runs any more: one at a time for each id. */
export function recoveryWorkflowId(releaseId: string): string {
  return releaseId.replace(/^release\//, 'recovery/');
}

/** Id of the release that a recovery recovers; that of a release is its own. */
export function recoveredRelease(id: string): string {
  return id.replace(/^recovery\//, 'release/');
}

/** Id of the workflow that goes on looking at what a release has left, after it has finished. */
export function soakWorkflowId(releaseId: string): string {
  return recoveredRelease(releaseId).replace(/^release\//, 'soak/');
}

/** The parts of a release's id (or of its recovery's), or undefined if `id` is none. */
export function parseReleaseWorkflowId(
  id: string,
): { project: string; environment: string; version: string; n: number } | undefined {
  const match = /^(?:release|recovery)\/([^/]+)\/([^/]+)\/(.+)\/(\d+)$/.exec(id);
  if (!match) return undefined;
  const [, project, environment, version, n] = match as unknown as [string, string, string, string, string];
  return { project, environment, version, n: Number(n) };
}

/** Each environment has a task queue of its own, so that only its workers need to hold its secrets. */
export function taskQueueName(project: string, environment: string): string {
  return `slipway/${project}/${environment}`;
}

/**
 * The ref that fences an environment in a repository; it is also the lock's mirror outside Temporal. It names the project
 * too: one repository may hold several, whose environments of the same name are not the same.
 */
export function fenceRef({ project, environment }: Pick<ReleaseRef, 'project' | 'environment'>): string {
  return `refs/slipway/${project}/${environment}`;
}

/** The first 10 digits of a git object id or digest, for people. */
export function shortId(id: string): string {
  return id.slice(0, 10);
}
