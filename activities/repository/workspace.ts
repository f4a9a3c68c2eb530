import type { GitHubRepository } from '../github/repository';
import type { History } from './commit-history';
import type { git } from './git';

/** A bare repository of this process, with what was fetched from one remote. It may vanish at any time. */
export interface Workspace {
  /** The remote's address, references resolved: never to be shown. */
  readonly url: string;
  /** The same for people. */
  readonly shownUrl: string;
  /** Runs git on what is here; it cannot reach the network. */
  local(args: readonly string[], options?: { input?: string; signal?: AbortSignal }): ReturnType<typeof git>;
  /** As `local`, but any failure is an INTERNAL error. */
  localOutput(args: readonly string[], options?: { input?: string }): ReturnType<typeof git>;
  /** Runs git with the remote at hand, called `REMOTE`. */
  remote(args: readonly string[], options?: { input?: string }): ReturnType<typeof git>;
  /**
   * Brings all tags, all fences, and the branches whose names begin with one of `branches`; what was deleted there
   * goes here too. Throws REMOTE_UNREACHABLE or REMOTE_DENIED.
   */
  fetch(branches: readonly string[]): Promise<void>;
  /** Brings one ref, if the remote answers and has it; its objects tell whether it came. */
  fetchRef(ref: string): Promise<void>;
  /** Object id of a ref here, or undefined. */
  ref(name: string): Promise<string | undefined>;
  /** Every ref here, as this action first saw them or last fetched them. */
  refs(): Promise<ReadonlyMap<string, LocalRef>>;
  /** Where its commits are read. */
  readonly history: History;
  /** The repository at GitHub that this is, if its API may be used. */
  readonly github: GitHubRepository | undefined;
  /** Whether the history here does not reach back to its beginning, as that of a shallow remote. */
  isShallow(): Promise<boolean>;
  /** Whether all these objects are here. */
  has(ids: readonly string[]): Promise<boolean>;
  /**
   * What `find` finds, remembered for `key` as long as this repository is kept. Only for what object ids alone decide,
   * which never changes: asking git again would cost a process. `undefined` is not remembered.
   */
  known<T>(key: string, find: () => Promise<T | undefined>): Promise<T | undefined>;
}

/** A ref of a workspace. */
export interface LocalRef {
  readonly object: string;
  /** What it comes to: for an annotated tag what that names, else the object itself. */
  readonly target: string;
  /** What that is, as far as it is known: `commit`, `tree`, `blob`; `tag` for a tag of a tag. */
  readonly type: string;
}
