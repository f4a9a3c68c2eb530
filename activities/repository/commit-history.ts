import type { Contributors } from '../../release/contributors';
import type { CommitFact } from '../../release/facts';
import type { parseCommit } from '../../release/git-objects';

/** How many commits are shown of those between two. */
export const SHOWN = 50;

/** The commits in another that are not in what is live: how many, and the newest 50 of them, newest first. */
export interface CommitsBetween {
  readonly total: number;
  readonly shown: readonly CommitFact[];
}

/** What a commit's text says. */
export type CommitText = NonNullable<ReturnType<typeof parseCommit>>;

/** Where commits are read: from a clone, or from a host that knows them all. All of it is told by object ids alone. */
export interface History {
  /** Whether `ancestor` is `commit` or lies in its history; undefined = could not tell. */
  isAncestor(ancestor: string, commit: string): Promise<boolean | undefined>;
  /** What a commit's text says; undefined = there is none. */
  readCommit(commit: string): Promise<CommitText | undefined>;
  /** Full id of the one commit that `id`, hex digits, begins; undefined = none, or several. */
  findCommit(id: string): Promise<string | undefined>;
  /** `from` null = all of them. */
  commitsBetween(from: string | null, commit: string): Promise<CommitsBetween>;
  /** Who had a part in those commits. */
  contributorsBetween(from: string | null, commit: string): Promise<Contributors>;
  /** Whether all these commits are there. */
  hasCommits(ids: readonly string[]): Promise<boolean>;
}
