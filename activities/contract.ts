/**
 * Every activity's input and result: what workflows import (as types only), and what the ports' factories implement.
 * One object in, one object out, all of it data: it goes through Temporal's history, so it never holds a secret.
 */
import type { FoundService } from '../release/adoption';
import type { AnnouncedFreeze } from '../release/calendar/announced';
import type { CalendarVerdict } from '../release/calendar/judge';
import type { CalendarRules } from '../release/calendar/rules';
import type { CalendarView } from '../release/calendar/view';
import type { LiveResult, WatchResult } from '../release/check-result';
import type { Examination, Versions, WorkerArea } from '../release/doctor';
import type { EnvironmentState, TargetService } from '../release/environment-state';
import type { GateReport } from '../release/gate';
import type { ReleaseRef } from '../release/identity';
import type { HistoryInput, HistoryPage, ReleasePage, ReleasePageInput } from '../release/ledger-answers';
import type { LedgerWrite } from '../release/ledger';
import type { AppliedMigration, MigrationScript, UndoneMigration } from '../release/migration';
import type { WhoIsWho, GitHubTeam } from '../release/people';
import type { Plan, PlannedService } from '../release/plan';
import type { LiveIdentity, PointerMove } from '../release/pointer-move';
import type {
  Backup,
  Check,
  Environment,
  LiveProbe,
  MigrationLimits,
  Project,
  Repository,
  Service,
} from '../release/project';
import type { ServiceGoal } from '../release/release-kind';
import type { ReleaseKind } from '../release/rule-words';
import type { RecoverySight, UnfinishedEntry, UnfinishedRelease } from '../release/unfinished-release';
import type { Finding } from '../release/facts';
import type { Recipient, SignatureQuestion } from '../release/signature';
import type { DecisionSignature } from '../release/decision';
import type { RulesOrigin, RulesQuestion, RulesReading } from '../release/rules-origin';
import type { StopsTold } from '../release/stop';
import type {
  LookForTagsInput,
  TagsReport,
  StartReleasesInput,
  StartedReport,
  TriggersRecord,
} from './triggers/contract';
import type { WatchEnvironmentInput, AdoptInput, RecordAdoptionInput, WatchReport } from './watch/contract';

/** Steps 1 to 3 in one look: what is there, whether the gates are open, and what would be done. */
export interface SurveyInput {
  readonly release: ReleaseRef;
  readonly project: Project;
  readonly commit: string | null;
  /** Which commit the rules are of; absent = they came with the request. */
  readonly rules?: RulesOrigin;
  /** Absent = normal. */
  readonly kind?: ReleaseKind;
  /** rollback, redeploy: by service. */
  readonly goals?: Readonly<Record<string, ServiceGoal>>;
  /** What is asked of the environment's calendar; absent = nothing can close it. */
  readonly calendar?: JudgeCalendarInput;
}

export interface Survey {
  readonly gates: readonly GateReport[];
  readonly plan: Plan;
  /** Every service runs this very version already. */
  readonly alreadyLive: boolean;
  /** What the calendar says, if it was asked. */
  readonly calendar?: CalendarVerdict;
}

/** Gates of a release that are pending, among others that are not. */
export interface AwaitGatesInput {
  readonly release: ReleaseRef;
  readonly project: Project;
  readonly services: readonly Pick<PlannedService, 'service' | 'commit' | 'previous'>[];
  readonly gates: readonly GateReport[];
  /** Milliseconds. */
  readonly limit: number;
  /** `gates` have answered, and do not pass: they are asked until one of them does. */
  readonly recovering?: true;
}

/** Whether the calendar lets a release go on now. */
export interface JudgeCalendarInput {
  /** Absent = only what was announced, or asked for, closes the environment. */
  readonly rules: CalendarRules | undefined;
  readonly people: WhoIsWho;
  readonly announced: readonly AnnouncedFreeze[];
  /** It was asked not to begin before this moment: ISO 8601. */
  readonly notBefore: string | null;
  readonly kind: ReleaseKind;
  /** Milliseconds for which the environment must stay open. */
  readonly needed: number;
}

/** The coming weeks of an environment. */
export interface ShowCalendarInput {
  readonly rules: CalendarRules | undefined;
  readonly people: WhoIsWho;
  readonly announced: readonly AnnouncedFreeze[];
  readonly environment: Environment;
  readonly weeks: number;
  /** The moment to begin at: ISO 8601; null = now. */
  readonly at: string | null;
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

/** Who asks what the run before it knew. */
export interface RecallInput {
  readonly project: string;
  readonly environment: string;
  /** The run that asks. */
  readonly runId: string;
}

/** Which of the releases that wait is newer: one that has just been looked at, or others. */
export interface FindReplacedInput {
  readonly releaseId: string;
  readonly services: readonly TargetService[];
  /** What the others would bring, by release. */
  readonly rivals: Readonly<Record<string, readonly TargetService[]>>;
}

/** One release gives way to another that is newer. */
export interface Replacement {
  readonly replaced: string;
  readonly by: string;
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

/** One area of what a release to this environment needs. */
export interface ExamineInput {
  readonly project: Project;
  readonly environment: string;
  readonly area: WorkerArea;
  /** Whether pushes that cannot succeed may be sent, to hear what the remote's rules say. */
  readonly rehearse: boolean;
  /** What time it was on the Temporal server: ISO 8601. */
  readonly askedAt: string;
  /** Of the program that asks. */
  readonly client: Versions;
}

/** A decision whose sender is to be proven. */
export interface ProofInput {
  /** The execution to which it was sent. */
  readonly recipient: Recipient;
  readonly decision: { readonly kind: string; readonly id: string };
  /** null = it has none. */
  readonly signature: (DecisionSignature & SignatureQuestion) | null;
  /** Teams of GitHub in one of which this login may be. */
  readonly membership: { readonly login: string; readonly teams: readonly (GitHubTeam & { readonly name: string })[] };
  /** By whose access GitHub is asked; null = none has any. */
  readonly repository: Repository | null;
}

/** Whether a decision is by whom it says, its detail a sentence on why not; and the teams in which they were found. */
export interface Proof extends Finding {
  readonly teams: readonly string[];
}

/** What the worker can do for workflows. */
export interface Activities {
  surveyRelease(input: SurveyInput): Promise<Survey>;
  /** Which stops and freezes hold in an environment, with every word that people had said until it was asked; null = it is not there. Fails with NO_WORKER. */
  readStops(input: { readonly project: string; readonly environment: string }): Promise<StopsTold | null>;
  /** Changes nothing. */
  readRules(input: RulesQuestion): Promise<RulesReading>;
  /** Changes nothing. */
  judgeCalendar(input: JudgeCalendarInput): Promise<CalendarVerdict>;
  /**
   * All of `gates`: when none is pending any more, when a hard one is shut, or when `limit` is over. With `recovering` only
   * those that pass now: once one does, or none when `limit` is over. Changes nothing.
   */
  awaitGates(input: AwaitGatesInput): Promise<GateReport[]>;
  /** Changes nothing. */
  showCalendar(input: ShowCalendarInput): Promise<CalendarView>;
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
  lookForTags(input: LookForTagsInput): Promise<TagsReport>;
  /** Starts some of the releases that tags have asked for, oldest first. */
  startTaggedReleases(input: StartReleasesInput): Promise<StartedReport>;
  readTriggers(input: { readonly project: string; readonly limit: number }): Promise<TriggersRecord>;
  /** Returns when that release is no longer running, or when its patience (milliseconds; without it: none) is over. */
  awaitReleaseEnd(input: AwaitReleaseEndInput): Promise<{ readonly isRunning: boolean }>;
  /** Who a decision is by. Changes nothing; says `unknown` where there was no answer. */
  proveDecision(input: ProofInput): Promise<Proof>;
  /** What an environment knew when the last of its runs ended that was ended from outside; null = there is none. */
  recallEnvironment(input: RecallInput): Promise<EnvironmentState | null>;
  /** At most one word on each rival: who gives way to whom. Of two that cannot be compared none gives way. Fails if a repository does not answer. */
  findReplaced(input: FindReplacedInput): Promise<Replacement[]>;
  /** Looks once at what an environment runs, and tells it. */
  watchEnvironment(input: WatchEnvironmentInput): Promise<WatchReport>;
  /** What it runs now, by its probes and the ledger. Changes nothing. */
  lookToAdopt(input: AdoptInput): Promise<readonly FoundService[]>;
  recordAdoption(input: RecordAdoptionInput): Promise<void>;
  /** Has it looked at as its rules say from now on, or no more. */
  keepWatch(input: Omit<WatchEnvironmentInput, 'look'>): Promise<void>;
  /** Changes nothing. */
  examine(input: ExamineInput): Promise<Examination[]>;
  /** Writes what is not there yet; what is there must be the same. */
  recordInLedger(input: LedgerWrite): Promise<void>;
  readHistory(input: HistoryInput): Promise<HistoryPage>;
  readRelease(input: ReleasePageInput): Promise<ReleasePage>;
  /** Releases without an outcome that are not seen running. */
  listUnfinished(input: ListUnfinishedInput): Promise<UnfinishedEntry[]>;
  loadUnfinished(input: LoadUnfinishedInput): Promise<UnfinishedRelease>;
  lookAtUnfinished(input: LookAtUnfinishedInput): Promise<RecoverySight>;
}
