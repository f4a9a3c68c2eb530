/** What the ledger is asked, and what it answers: `slipway history` and `slipway show`. */
import type { GateReport } from './gate';
import type { Outcome, Phase } from './phase';
import type { Plan } from './plan';
import type { ReleaseResult, TimelineEntry } from './state';
import type { UndoRecord, UndoReport } from './undo';

/** Which releases: of one environment, newest first. */
export interface HistoryInput {
  readonly project: string;
  readonly environment: string;
  /** ISO 8601; only those asked for at or after it. */
  readonly since: string | null;
  /** At most so many. */
  readonly limit: number;
  /** The last one of the page before; null = from the newest on. */
  readonly after: { readonly requestedAt: string; readonly key: string } | null;
}

/** One release, in a line. */
export interface HistoryLine {
  /** `releaseKey`: id and run id. */
  readonly key: string;
  readonly id: string;
  readonly runId: string;
  readonly environment: string;
  readonly version: string;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly phase: Phase;
  /** null = it had not ended when it was last written. */
  readonly outcome: Outcome | null;
  readonly endedAt: string | null;
  /** Why it did not finish. */
  readonly failure: string | null;
}

export interface HistoryPage {
  readonly releases: readonly HistoryLine[];
  /** More may follow the last of these. */
  readonly isFull: boolean;
}

/** One release by what people call it, as JSON text in pages, so that no answer is too large for Temporal. */
export interface ReleasePageInput {
  readonly project: string;
  readonly environment: string;
  /** Its full id (also with `@<run id>`), `environment/version/n`, or a version. */
  readonly name: string;
  /** Characters of the text that were read already. */
  readonly offset: number;
}

export interface ReleasePage {
  /** null = the ledger knows none of that name. */
  readonly text: string | null;
  /** Of the whole text; if it differs between two pages, the release went on meanwhile: begin anew. */
  readonly total: number;
  readonly checksum: string;
}

/** Everything that the ledger knows of a release. */
export interface RecordedRelease extends HistoryLine {
  readonly project: string;
  /** Which Temporal ran it: cluster and namespace. */
  readonly cluster: string;
  /** Older executions with the same id: their keys, newest first. */
  readonly others: readonly string[];
  /** Oldest first; the last one is the one that ran. */
  readonly plans: readonly {
    readonly n: number;
    readonly digest: string;
    readonly at: string;
    readonly plan: Plan;
    readonly gates: readonly GateReport[];
  }[];
  readonly decisions: readonly RecordedDecision[];
  readonly undoRecords: readonly { readonly n: number; readonly at: string; readonly record: UndoRecord }[];
  readonly undone: readonly (UndoReport & { readonly n: number; readonly at: string })[];
  readonly timeline: readonly TimelineEntry[];
  readonly result: ReleaseResult | null;
  /** What its environment runs today, as the last release left it. */
  readonly live: readonly LiveNow[];
}

export interface RecordedDecision {
  readonly id: string;
  readonly kind: string;
  /** As it was said. */
  readonly by: string;
  /** The one name of who that is. */
  readonly person: string;
  readonly proof: string;
  /** Fingerprint of the key that it was signed with. */
  readonly key: string | null;
  readonly comment: string;
  readonly digest: string;
  readonly action: string | null;
  readonly accepted: boolean;
  readonly verdict: string;
  readonly at: string;
}

export interface LiveNow {
  readonly service: string;
  readonly version: string;
  /** null = not known. */
  readonly commit: string | null;
  readonly since: string;
  /** Key of the release that left it so. */
  readonly release: string;
}
