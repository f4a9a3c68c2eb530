/**
 * The move of one service's pointer, planned down to the object ids: data that the plan shows, the digest covers,
 * and the activities carry out. Its `undo` is the compensation, decided before anything runs.
 */
export type PointerMove = TagMove | BranchMove;

interface MoveBase {
  /** Version of this record's shape; newer code runs older ones. */
  readonly version: 1;
  readonly service: string;
  /** Full name of the ref. */
  readonly ref: string;
  /** Object that the ref names now; null = absent. */
  readonly from: string | null;
  /** Object that it will name. */
  readonly to: string;
  /** The commit that will run. */
  readonly commit: string;
  /** What ran before: null on a first release. */
  readonly previous: PreviousTarget | null;
  /** The version that it brings, where that is not the release's. */
  readonly brings?: string;
  /** How it acts, where it is no release's: absent = the tag is created, the branch is fast-forwarded. */
  readonly act?: MoveAct;
}

/**
 * How a pointer goes back, or is moved to the same once more, where that is no creation and no fast-forward. `force`: the
 * branch is set to `to`. `delete`: the tag, which names `to`, is deleted. `command`: a program brings the version; the
 * pointer is where it puts it.
 */
export type MoveAct =
  | { readonly by: 'force' }
  | { readonly by: 'delete' }
  | { readonly by: 'command'; readonly argv: readonly string[]; readonly timeout: number };

/** The version that a rollback brings back. */
export interface PreviousTarget {
  readonly commit: string;
  /** Its version, if a version tag or pointer tag names that commit; else its short commit id. */
  readonly version: string;
}

/** Creation of an annotated tag. */
export interface TagMove extends MoveBase {
  readonly kind: 'tag';
  /** The whole text of the tag object (for `git mktag`), so that every attempt makes the same object. */
  readonly tagObject: string;
  readonly undo: TagUndo;
  /** The tag of the bad version, with what it names: deleted together with the move. */
  readonly deletes?: { readonly ref: string; readonly names: string };
}

/** How a tag move is undone. */
export type TagUndo =
  | {
      readonly by: 'new-tag';
      /** Name of the tag with `{n}` still in it; `n` is the first free number when the plan was made. */
      readonly name: string;
      readonly n: number;
      readonly commit: string;
      readonly deleteBadTag: boolean;
    }
  | { readonly by: 'delete' }
  | StaysSame
  /** The tag is made again as it was; null = it is no object of its own, but names the commit itself. */
  | { readonly by: 'recreate'; readonly tagObject: string | null }
  | {
      readonly by: 'command';
      readonly argv: readonly string[];
      readonly timeout: number;
      readonly deleteBadTag: boolean;
    }
  | { readonly by: 'none'; readonly reason: string };

/** The version that runs has not changed: what was started is stopped, and nothing is put back. */
interface StaysSame {
  readonly by: 'same';
}

/** Fast-forward of a branch. */
export interface BranchMove extends MoveBase {
  readonly kind: 'branch';
  /**
   * Where the branch still stands on a rollback commit of Slipway (undo `revert`), it cannot be fast-forwarded to
   * `commit` itself: this is the whole text of the merge commit that carries it there, and `to` is its id.
   */
  readonly vehicle?: string;
  readonly undo: BranchUndo;
}

/** How a branch move is undone. */
export type BranchUndo =
  | { readonly by: 'force' }
  | { readonly by: 'revert' }
  | StaysSame
  | { readonly by: 'command'; readonly argv: readonly string[]; readonly timeout: number }
  | { readonly by: 'none'; readonly reason: string };

/** Can this move be taken back without a person? */
export function isReversible(move: PointerMove): boolean {
  return move.undo.by !== 'none';
}

/** What a move or an undo has put in place: what the probes must then see. */
export interface LiveIdentity {
  /** Full commit id. */
  readonly commit: string;
  readonly version: string;
}
