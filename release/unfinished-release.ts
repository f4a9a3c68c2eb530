/** A release without an end: what the ledger knows of it, and what the world shows. */
import type { Approval } from './approval';
import type { SeenFence } from './fence-rules';
import type { ReleaseRef } from './identity';
import type { MigrationRow } from './migration';
import type { Plan } from './plan';
import type { Project } from './project';
import type { TimelineEntry } from './state';
import type { UndoRecord, UndoReport } from './undo';

/** A release without an outcome, as the ledger knows it. */
export interface UnfinishedRelease {
  /** With the Temporal on which it ran. */
  readonly release: ReleaseRef & { readonly cluster: string };
  /** What it was asked for, with the configuration of that day. */
  readonly order: {
    readonly project: Project;
    readonly environment: string;
    readonly version: string;
    readonly commit: string | null;
    readonly requestedBy: string;
  };
  readonly phase: string;
  readonly plan: Plan | null;
  readonly approvals: readonly Approval[];
  readonly undoRecords: readonly UndoRecord[];
  readonly undone: readonly UndoReport[];
  readonly timeline: readonly TimelineEntry[];
  /** Why its plan and undo records, which are left out then, cannot be trusted; absent = they can. */
  readonly problem?: string;
}

/** The same in a list. */
export interface UnfinishedEntry extends Pick<UnfinishedRelease, 'release' | 'phase'> {
  readonly requestedBy: string;
}

/** What the world shows of one service. null = could not tell: why stands in `doubts`. */
export interface ServiceSight {
  readonly service: string;
  readonly fence: SeenFence | null;
  /** The object that the pointer's ref names; `at: null` = there is no such ref. */
  readonly pointer: { readonly at: string | null } | null;
  /** The migration table; empty for a service without migrations. */
  readonly rows: readonly MigrationRow[] | null;
  /** What its probe says, in words. */
  readonly live: string;
  readonly doubts: readonly string[];
}

/** What was seen of an unfinished release. */
export interface RecoverySight {
  readonly life:
    | 'running'
    /** Terminated, or no longer known. */
    | 'gone'
    /** It ran on another Temporal, which cannot be asked from here. */
    | 'elsewhere'
    | 'could not tell';
  /** Someone is recovering it now. */
  readonly isRecovering: boolean;
  /** Every service of its plan. */
  readonly services: readonly ServiceSight[];
}
