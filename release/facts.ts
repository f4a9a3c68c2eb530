/**
 * What was found out about a release before anything changed: facts, gathered by activities; the gates judge them
 * and the plan is made of them. A fact that we have no answer for says so.
 */
import type { Contributors } from './contributors';
import type { MigrationRow, MigrationScript } from './migration';
import type { PointerMove } from './pointer-move';
import type { ReleaseKind } from './rule-words';
import type { Verdict } from './verdict';

/** A yes, a no, or no answer, with the words for people. */
export interface Finding {
  readonly verdict: Verdict;
  readonly detail: string;
}

/** A commit between what is live and what is released. */
export interface CommitFact {
  readonly id: string;
  readonly subject: string;
  readonly author: string;
  readonly email: string;
  /** ISO 8601, UTC. */
  readonly date: string;
  /** The author's name at the git host, if that knows it. */
  readonly login?: string;
  /** Who that is, where the project knows them by e-mail or login. */
  readonly person?: string;
  /** Number of the pull request by which it came, if the git host knows one. */
  readonly pullRequest?: number;
}

/** How the released commit lies to the live one. `newer`: the live commit is an ancestor. */
export type Relation = 'first' | 'same' | 'newer' | 'older' | 'diverged' | 'unknown';

/** What the probe sees now. `nothing`: the service answers with no version, or was never released. */
export type LiveFact =
  | { readonly state: 'live'; readonly commit: string; readonly version: string }
  | { readonly state: 'nothing'; readonly detail: string }
  | { readonly state: 'unknown'; readonly detail: string };

/** What was found in and about a service's database. */
export interface DatabaseFacts {
  /** Reachable, writable, with the rights that migrations need, not behind a transaction pooler. */
  readonly access: Finding;
  /** Every pair of scripts at the commit, in order. */
  readonly scripts: readonly MigrationScript[];
  /** Names of those that have not run. */
  readonly pending: readonly string[];
  readonly rows: readonly MigrationRow[];
  /** What is wrong with the scripts or their order: one line each; empty = nothing. */
  readonly problems: readonly string[];
}

/** Everything found out about one service. */
export interface ServiceFacts {
  readonly service: string;
  /** The commit that the version is. */
  readonly commit: string;
  readonly trunk: { readonly name: string; readonly head: string };
  readonly onTrunk: Finding;
  readonly live: LiveFact;
  readonly relation: Relation;
  /** Commits since what is live, newest first; `total` counts all, `shown` holds at most 50. */
  readonly commits: { readonly total: number; readonly shown: readonly CommitFact[] };
  /** Everybody who had a part in them, not only in those that are shown. */
  readonly contributors: Contributors;
  /** The remote answers, and takes pushes with our credentials. */
  readonly remote: Finding;
  readonly move: PointerMove;
  /** The pointer is as a move needs it (tag absent, branch an ancestor). */
  readonly movable: Finding;
  /** The previous target is there and the undo is allowed, as far as that can be seen before. */
  readonly wayBack: Finding;
  readonly database?: DatabaseFacts;
  /** The service's own smoke checks against what is live now. */
  readonly healthy: Finding;
  /** rollback: whether what runs is what it was asked to leave. */
  readonly leaves?: Finding;
  /** rollback: whether what comes back has run here, or is older than what runs: nothing new comes by this way. */
  readonly known?: Finding;
  /** rollback: whether the version that comes back can run on the schema that stays. */
  readonly schema?: Finding;
  /** rollback: migrations that ran, and that the version does not have: they stay. */
  readonly ahead?: readonly string[];
  /** redeploy: it is moved although it runs this commit. */
  readonly again?: true;
}

/** The facts of a release, services in the order in which they will be moved. */
export interface Resolution {
  /** Absent = normal. */
  readonly kind?: ReleaseKind;
  readonly services: readonly ServiceFacts[];
}
