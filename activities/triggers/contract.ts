/** What the port of triggers is asked and answers: data that goes through Temporal's history. */
import type { ErrorReport } from '../../release/errors';
import type { Project } from '../../release/project';
import type { TagStatus } from '../../release/request-tag';

/** A look for tags that ask for releases. */
export interface LookForTagsInput {
  readonly project: Project;
  /** Of which `trigger on` this look is: looks of an earlier one change nothing. */
  readonly activation: string;
  /** `turn on`: notes what is there, releases nothing, and fails if it cannot look. */
  readonly mode: 'turn on' | 'poll';
}

export interface TagsReport {
  /** Tags that were recorded by this look, by what becomes of them. */
  readonly seen: Partial<Record<TagStatus, number>>;
  /** Tags whose release is still to be started. */
  readonly waiting: number;
  /** Another `trigger on` has taken over. */
  readonly isSuperseded: boolean;
  /** What could not be looked at, and since when (ISO 8601). */
  readonly failures: readonly { readonly report: ErrorReport; readonly since: string }[];
}

export interface StartReleasesInput {
  readonly project: Project;
  readonly activation: string;
}

export interface StartedReport {
  readonly started: readonly string[];
  readonly refused: number;
  /** More can be started at once. */
  readonly hasMore: boolean;
  /** Why others wait, a sentence each. */
  readonly held: readonly string[];
}

/** A tag and what became of it. */
export interface SeenTag {
  /** As configured: with references, without secrets. */
  readonly repository: string;
  readonly tag: string;
  readonly object: string;
  readonly pattern: string;
  readonly environment: string;
  readonly version: string;
  /** Empty where nobody looked. */
  readonly commit: string;
  readonly tagger: string;
  readonly subject: string;
  readonly status: TagStatus;
  /** Why not, and what to do; empty if there is nothing to say. */
  readonly why: string;
  readonly firstSeen: string;
  readonly changedAt: string;
  readonly releaseId: string | null;
  readonly runId: string | null;
}

/** What the ledger knows of a project's triggers. */
export interface TriggersRecord {
  readonly triggers: readonly {
    readonly repository: string;
    readonly pattern: string;
    readonly environment: string;
    readonly activation: string;
    readonly onSince: string;
    /** The last look that was answered. */
    readonly lookedAt: string | null;
    readonly failingSince: string | null;
    readonly failure: ErrorReport | null;
  }[];
  /** Newest first. */
  readonly tags: readonly SeenTag[];
  readonly counts: Partial<Record<TagStatus, number>>;
}
