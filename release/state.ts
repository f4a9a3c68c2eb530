/** The whole state of a release, as the query `state` answers it and as the CLI and the Web UI show it. */
import type { Approval } from './approval';
import type { ApprovalPlace } from './rule-words';
import type { AnnouncedFreeze } from './calendar/announced';
import type { CalendarVerdict } from './calendar/judge';
import type { CheckResult } from './check-result';
import type { ChecklistItem, Tick } from './checklist';
import type { DecisionKind, DecisionVerdict } from './decision';
import type { ErrorReport } from './errors';
import type { GateReport } from './gate';
import type { ReleaseRef } from './identity';
import type { Override } from './override';
import type { Outcome, Phase } from './phase';
import type { Plan } from './plan';
import type { EmergencyStop } from './stop';
import type { UndoRecord, UndoReport } from './undo';

/** One line of what happened. */
export interface TimelineEntry {
  /** Grows by one: a reader asks for what it has not seen. */
  readonly n: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly kind: 'phase' | 'step' | 'decision' | 'failure' | 'undo' | 'note';
  readonly text: string;
}

/** Where one step of the plan, or one compensation, is. */
export interface StepState {
  readonly id: string;
  readonly title: string;
  status: 'waiting' | 'running' | 'done' | 'failed' | 'undone' | 'skipped';
  detail: string;
  startedAt: string | null;
  endedAt: string | null;
}

/** What the release is waiting for, in words, until when, and what to send. */
export interface WaitingFor {
  readonly what: string;
  /** ISO 8601, UTC; null = no limit. */
  readonly until: string | null;
  /** Messages that would end the wait. */
  readonly send: readonly string[];
  /** How often people have been reminded, and when last; absent = not yet. */
  readonly reminded?: { readonly times: number; readonly at: string };
  /** What cannot be reached as things are, and what to do; absent = nothing that is known. */
  readonly stuck?: readonly string[];
}

/** What became of one service. */
export interface ServiceResult {
  readonly service: string;
  readonly how: 'released' | 'unchanged' | 'rolled back' | 'untouched' | 'needs attention';
  readonly commit: string;
  /** What is live now, as far as the release saw it. */
  readonly live: string;
}

/** The result of a release. */
export interface ReleaseResult {
  readonly outcome: Outcome;
  readonly services: readonly ServiceResult[];
  readonly undone: readonly UndoReport[];
  /** Expanded schema that stayed: `<service>: <migration>`. */
  readonly schemaDebt: readonly string[];
  /** Why it did not finish. */
  readonly failure: ErrorReport | null;
  /** What differs from what was found, if it was abandoned. */
  readonly drift: readonly string[];
  /** Soft guards that people have overridden; absent = none. */
  readonly overrides?: readonly Override[];
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly endedAt: string;
}

/** A change of the plan that took away what people had said. */
export interface Voided {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** What is different now. */
  readonly changes: readonly string[];
  /** Whose approvals it took away. */
  readonly people: readonly string[];
}

/** Everything that is known of a release. */
export interface ReleaseState {
  readonly release: ReleaseRef;
  readonly requestedBy: string;
  phase: Phase;
  paused: { by: string; until: string } | null;
  waitingFor: WaitingFor | null;
  gates: readonly GateReport[];
  plan: Plan | null;
  approvals: Approval[];
  /** The last change of the plan that took away what people had said; absent = it has not changed. */
  voided?: Voided;
  /** Where people are asked now; absent or null = nowhere. */
  place?: ApprovalPlace | null;
  /** What people have ticked; absent = nothing. */
  ticks?: readonly Tick[];
  /** Everything that is to be ticked for this plan, and what is; absent = nothing. */
  checklist?: readonly ChecklistItem[];
  verdicts: DecisionVerdict[];
  steps: StepState[];
  undoRecords: UndoRecord[];
  undone: UndoReport[];
  /** Results of the last round of checks. */
  checks: readonly CheckResult[];
  /** What needs a person, and why. */
  attention: { readonly step: string; readonly error: ErrorReport } | null;
  failure: ErrorReport | null;
  backups: readonly { readonly service: string; readonly id: string | null; readonly kind: string }[];
  /** Announced freezes of the environment, as it told them last; absent = none. */
  freezes?: readonly AnnouncedFreeze[];
  /** Emergency stops of the environment, as it told them last; absent = none. */
  stops?: readonly EmergencyStop[];
  /** Kinds of decisions that count only if they are signed; absent = none but approvals that say so. */
  readonly signedKinds?: readonly DecisionKind[];
  /** What the calendar said last; absent = it was not asked. */
  calendar?: CalendarVerdict;
  /** Soft guards that people have overridden for this release; absent = none. */
  overrides?: readonly Override[];
  timeline: TimelineEntry[];
  result: ReleaseResult | null;
}
