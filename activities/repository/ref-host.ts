import type { PushAnswer } from '../../release/git-answers';
import type { Refs } from './remote';

/** A ref and its change; null = absent. The remote must have exactly `from`, or nothing at all is changed. */
export interface RefUpdate {
  readonly ref: string;
  readonly from: string | null;
  readonly to: string | null;
  /** Of a branch: that it must be a fast-forward has been proven, and the host may hold it to that. */
  readonly forward?: true;
}

/** What a change has been answered. Only reading back tells what really happened. */
export type ChangeAnswer =
  | PushAnswer
  /** Nothing was done: it may be sent again after that many milliseconds. */
  | { readonly kind: 'later'; readonly wait: number; readonly detail: string };

/**
 * How the refs of a remote are read and changed, and how the objects that they will name get there. Who uses it
 * observes, acts and confirms; a host only says what was seen and what was answered.
 */
export interface RefHost {
  /** The remote's address for people. */
  readonly shown: string;
  /**
   * Refs that match: full names, in which one `*` may stand for anything; absent ones are not in the result. Throws
   * if there is no answer.
   */
  readRefs(patterns: readonly string[]): Promise<Refs>;
  /**
   * The message of the annotated tag `id`, which `ref` was just seen to name; null = it is no annotated tag of a
   * commit, undefined = the ref no longer names it.
   */
  tagMessage(ref: string, id: string): Promise<string | null | undefined>;
  /** Whether the remote has all these commits on its trunk, on a tag or on one of `branches`. */
  bring(commits: readonly string[], branches: readonly string[]): Promise<boolean>;
  /** The id of the tag object with this text; a change that names it puts it there. */
  tagObject(text: string): Promise<string>;
  /** The id of the commit object with this text; a change that names it puts it there. */
  commitObject(text: string): Promise<string>;
  /** Changes all these refs, or none of them. */
  change(updates: readonly RefUpdate[]): Promise<ChangeAnswer>;
}
