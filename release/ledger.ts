/**
 * What a release writes into the ledger, as data: each record has a natural key, so that it can be written any number of
 * times. Records carry a version: newer code writes and reads older ones.
 */
import type { Decision, DecisionVerdict } from './decision';
import type { GateReport } from './gate';
import type { ReleaseRef } from './identity';
import type { Phase } from './phase';
import type { Plan } from './plan';
import type { ReleaseResult, ReleaseState, TimelineEntry } from './state';
import type { UndoRecord, UndoReport } from './undo';

/** Version of the shape of records that this code writes; it reads older ones. */
export const LEDGER_RECORD_VERSION = 1;

/** Entries with greater numbers came after the release's end, which must not take them for what it wrote in vain. */
export const AFTER_THE_END = 1_000_000;

export type LedgerRecord =
  /** `input` is that of the workflow. */
  | { readonly is: 'begin'; readonly requestedBy: string; readonly input: unknown }
  /** n grows by one with each plan whose digest differs from the one before. */
  | {
      readonly is: 'plan';
      readonly n: number;
      readonly at: string;
      readonly plan: Plan;
      readonly gates: readonly GateReport[];
    }
  | { readonly is: 'undo'; readonly n: number; readonly at: string; readonly record: UndoRecord }
  | { readonly is: 'undone'; readonly n: number; readonly at: string; readonly report: UndoReport }
  | {
      readonly is: 'decision';
      readonly n: number;
      readonly at: string;
      readonly decision: Decision;
      readonly verdict: DecisionVerdict;
    }
  /** `phase`: the one in which the release was then. */
  | { readonly is: 'event'; readonly entry: TimelineEntry; readonly phase: Phase }
  /** `events`: how many entries the timeline has. */
  | {
      readonly is: 'end';
      readonly at: string;
      readonly result: ReleaseResult;
      readonly live: readonly LiveRecord[];
      readonly events: number;
    };

/** What an environment runs once a release has ended. */
export interface LiveRecord {
  readonly service: string;
  readonly version: string;
  /** null = not known. */
  readonly commit: string | null;
  /** What was seen before it, where it was moved. Older records lack it. */
  readonly previous?: { readonly version: string; readonly commit: string };
}

/** Records of one release that are written together, or not at all. */
export interface LedgerWrite {
  readonly version: typeof LEDGER_RECORD_VERSION;
  readonly release: ReleaseRef;
  readonly records: readonly LedgerRecord[];
}

/** The record of the end, from a state that has a result. */
export function recordOfEnd(
  { plan, timeline }: Pick<ReleaseState, 'plan' | 'timeline'>,
  version: string,
  result: ReleaseResult,
): LedgerRecord {
  const live = liveRecords(plan, version, result.services);
  return { is: 'end', at: result.endedAt, result, live, events: timeline.length };
}

/** What runs of each service after a release of `version` to which this became of them. */
export function liveRecords(plan: Plan | null, version: string, services: ReleaseResult['services']): LiveRecord[] {
  return services.flatMap(({ service, how, commit }): LiveRecord[] => {
    const planned = plan?.services.find((candidate) => candidate.service === service);
    if (how === 'released' || how === 'unchanged') {
      const before = how === 'released' && planned?.previous;
      const now = { service, version: planned?.move.brings ?? version, commit };
      return [before ? { ...now, previous: before } : now];
    }
    if (how === 'needs attention') return [{ service, version: '', commit: null }];
    const previous = planned?.previous;
    // Where nothing was before, there is nothing to tell.
    return previous ? [{ service, version: previous.version, commit: previous.commit }] : [];
  });
}

/** Bytes of JSON that one payload of Temporal may have is 2 MB: with room for the rest, and for what is not ASCII. */
const LARGEST_WRITE = 600_000;

/** The first of `records`, as many as one write takes; at least one. */
export function nextWrite(records: readonly LedgerRecord[]): readonly LedgerRecord[] {
  let size = 0;
  const end = records.findIndex((record) => {
    size += JSON.stringify(record).length;
    return size > LARGEST_WRITE;
  });
  return end === -1 ? records.slice() : records.slice(0, Math.max(1, end));
}

/** All of `records`, in writes that are small enough. */
export function writesOf(records: readonly LedgerRecord[]): (readonly LedgerRecord[])[] {
  const writes: (readonly LedgerRecord[])[] = [];
  for (let rest = records; rest.length > 0; rest = rest.slice(writes.at(-1)!.length)) writes.push(nextWrite(rest));
  return writes;
}

/** Why `input` is nothing that can be written; undefined if it is. Anybody who reaches Temporal can start a workflow. */
export function problemOfWrite(input: unknown): string | undefined {
  const { version, release, records } = (input ?? {}) as Partial<Record<keyof LedgerWrite, unknown>>;
  if (version !== LEDGER_RECORD_VERSION) return `"version" is not ${LEDGER_RECORD_VERSION}`;
  const texts = ['id', 'runId', 'project', 'environment', 'version', 'requestedAt'] as const;
  const ref = (release ?? {}) as Partial<Record<keyof ReleaseRef, unknown>>;
  const missing = texts.find((name) => typeof ref[name] !== 'string');
  if (missing) return `"release.${missing}" is no text`;
  if (Number.isNaN(Date.parse(ref.requestedAt as string))) return '"release.requestedAt" is no moment';
  return Array.isArray(records) ? undefined : '"records" is no list';
}
