/**
 * Every activity's input and result: what workflows import (as types only), and what the ports' factories implement.
 * One object in, one object out, all of it data: it goes through Temporal's history, so it never holds a secret.
 */
import type { LiveResult, WatchResult } from '../release/check-result';
import type { GateReport } from '../release/gate';
import type { ReleaseRef } from '../release/identity';
import type { HistoryInput, HistoryPage, ReleasePage, ReleasePageInput } from '../release/ledger-answers';
import type { LedgerWrite } from '../release/ledger';
import type { AppliedMigration, MigrationScript, UndoneMigration } from '../release/migration';
import type { Plan } from '../release/plan';
import type { LiveIdentity, PointerMove } from '../release/pointer-move';
import type { Backup, Check, LiveProbe, MigrationLimits, Project, Repository, Service } from '../release/project';
import type { RecoverySight, UnfinishedEntry, UnfinishedRelease } from '../release/recovery';

/** Steps 1 to 3 in one look: what is there, whether the gates are open, and what would be done. */
export interface SurveyInput {
  readonly release: ReleaseRef;
  readonly project: Project;
  readonly commit: string | null;
}

export interface Survey {
  readonly gates: readonly GateReport[];
  readonly plan: Plan;
  /** Every service runs this very version already. */
  readonly alreadyLive: boolean;
}

/** Repositories whose fence a release holds, each with the commit that its fence object may name. */
export interface FenceInput {
  readonly release: ReleaseRef;
  readonly repositories: readonly { readonly repository: Repository; readonly commit: string }[];
}

export interface FenceReport {
  readonly repository: string;
  readonly number: number;
  /** The dead release from which it was taken over. */
  readonly tookOverFrom?: { readonly id: string; readonly runId: string };
}

export interface RaiseFencesInput extends FenceInput {
  /** Databases that a forward act of this release may still reach. */
  readonly databases: readonly { readonly service: string; readonly url: string }[];
}

export interface BackupInput {
  readonly release: ReleaseRef;
  readonly services: readonly { readonly service: string; readonly backup: Backup }[];
}

export interface BackupReport {
  readonly service: string;
  readonly kind: Backup['kind'];
  /** How the backup is named where it was made; null for kind `none`. */
  readonly id: string | null;
  readonly at: string;
}

/** The scripts are read again at `commit`, and must have the checksums of the plan. */
export interface MigrateInput {
  readonly release: ReleaseRef;
  readonly service: string;
  readonly repository: Repository;
  readonly commit: string;
  readonly folder: string;
  readonly url: string;
  readonly scripts: readonly MigrationScript[];
  readonly limits: MigrationLimits;
  readonly approvedBy: string;
  readonly backupId: string | null;
}

export interface MoveInput {
  readonly release: ReleaseRef;
  readonly service: Service;
  readonly move: PointerMove;
}

export interface MoveReport {
  readonly how: 'moved' | 'already';
  readonly identity: LiveIdentity;
}

export interface UndoMoveReport {
  readonly how: 'restored' | 'already' | 'never-moved';
  /** What must be seen live now; null if nothing had been moved. */
  readonly identity: LiveIdentity | null;
}

export interface AwaitLiveInput {
  readonly services: readonly {
    readonly service: string;
    readonly probe: LiveProbe;
    readonly expected: LiveIdentity;
  }[];
}

export interface WatchInput {
  readonly checks: readonly Check[];
  /** Milliseconds; 0 = one round. */
  readonly window: number;
  readonly interval: number;
  /** How many rounds in a row may go without an answer; 3 unless told. */
  readonly patience?: number;
}

export interface AwaitReleaseEndInput {
  readonly releaseId: string;
  /** Empty = the newest run of that id. */
  readonly runId: string;
  readonly patience?: number;
}

/** Whose unfinished releases are listed. */
export interface ListUnfinishedInput {
  readonly project: string;
  readonly environment: string;
}

/** A release in the ledger. */
export interface LoadUnfinishedInput {
  readonly release: Pick<ReleaseRef, 'id' | 'runId'>;
}

export interface LookAtUnfinishedInput {
  readonly unfinished: UnfinishedRelease;
  /** Asked by its recovery: that one runs does not count. */
  readonly forRecovery: boolean;
}

/** What the worker can do for workflows. */
export interface Activities {
  surveyRelease(input: SurveyInput): Promise<Survey>;
  takeFences(input: FenceInput): Promise<FenceReport[]>;
  /** After it, no forward act of this release can land any more. */
  raiseFences(input: RaiseFencesInput): Promise<void>;
  freeFences(input: FenceInput): Promise<void>;
  makeBackups(input: BackupInput): Promise<BackupReport[]>;
  applyMigrations(input: MigrateInput): Promise<AppliedMigration[]>;
  undoMigrations(input: MigrateInput): Promise<UndoneMigration[]>;
  movePointer(input: MoveInput): Promise<MoveReport>;
  undoPointer(input: MoveInput): Promise<UndoMoveReport>;
  /** One result per service, all waited for at once. */
  awaitLive(input: AwaitLiveInput): Promise<LiveResult[]>;
  watchChecks(input: WatchInput): Promise<WatchResult>;
  /** Returns when that release is no longer running, or when its patience (milliseconds; without it: none) is over. */
  awaitReleaseEnd(input: AwaitReleaseEndInput): Promise<{ readonly isRunning: boolean }>;
  /** Releases without an outcome that are not seen running. */
  listUnfinished(input: ListUnfinishedInput): Promise<UnfinishedEntry[]>;
  loadUnfinished(input: LoadUnfinishedInput): Promise<UnfinishedRelease>;
  lookAtUnfinished(input: LookAtUnfinishedInput): Promise<RecoverySight>;
  /** Writes what is not there yet; what is there must be the same. */
  recordInLedger(input: LedgerWrite): Promise<void>;
  readHistory(input: HistoryInput): Promise<HistoryPage>;
  readRelease(input: ReleasePageInput): Promise<ReleasePage>;
  /** Releases without an outcome that are not seen running. */
  listUnfinished(input: ListUnfinishedInput): Promise<UnfinishedEntry[]>;
  loadUnfinished(input: LoadUnfinishedInput): Promise<UnfinishedRelease>;
  lookAtUnfinished(input: LookAtUnfinishedInput): Promise<RecoverySight>;
}
