/** Whether an environment is open to a release, why not, and when it next opens. Nothing here asks for the time. */
import { formatDuration } from '../durations';
import type { Closure } from './freezes';
import { gaps, joined, overlap, type Interval } from './intervals';
import { describeWindows } from './windows';
import type { CalendarWindow } from './rules';
import { zoned } from './zone';

/** All that closes an environment within a span of time, as far as it could be told. */
export interface CalendarSight {
  readonly zone: string;
  /** The judge knows nothing of what is outside. */
  readonly span: Interval;
  readonly closures: readonly Closure[];
  /** What could not be told, a sentence each: any of it might close the environment. */
  readonly unknown: readonly string[];
}

export interface CalendarQuestion {
  readonly now: number;
  /** Milliseconds for which the environment must stay open. */
  readonly needed: number;
}

/** A closure as it is recorded and shown: moments in ISO 8601, UTC. */
export interface ClosedBy {
  readonly rule: string;
  readonly why: string;
  readonly from: string;
  readonly until: string;
}

/** What the calendar says at a moment. */
export interface CalendarVerdict {
  /** `unknown`: nothing that is known closes it, but not all could be told. */
  readonly verdict: 'open' | 'closed' | 'unknown';
  /** When it was judged: ISO 8601, UTC, as all moments here. */
  readonly at: string;
  readonly zone: string;
  /** Milliseconds that the release was said to need. */
  readonly needed: number;
  /** What closes it now, or before the release would be through. */
  readonly closedBy: readonly ClosedBy[];
  /** When it next opens for long enough; null = not within what was looked at, or it is open. */
  readonly opensAt: string | null;
  /** When it next closes, if it is open; null = not within what was looked at. */
  readonly closesAt: string | null;
  readonly unknown: readonly string[];
  /** One sentence for people. */
  readonly detail: string;
}

/** So many reasons are told. */
const TOLD = 5;

/** The closures that windows make: all that they do not open. */
export function windowClosures(
  windows: readonly CalendarWindow[],
  open: readonly Interval[],
  span: Interval,
): Closure[] {
  const why = `open ${describeWindows(windows)}`;
  return gaps(open, span).map((gap) => ({ ...gap, rule: 'windows', why }));
}

/** Judges the calendar for a release that needs `needed` milliseconds from `now` on. */
export function judgeCalendar(sight: CalendarSight, { now, needed }: CalendarQuestion): CalendarVerdict {
  const { closures, span, unknown, zone } = sight;
  const closed = joined(closures, { from: now, to: span.to });
  const opens = nextFit(closed, now, needed, span.to);
  const base = { at: iso(now), zone, needed, unknown };
  if (opens === now) {
    const closes = closed[0]?.from ?? null;
    const verdict = unknown.length > 0 ? 'unknown' : 'open';
    const until = closes === null ? 'open' : `open until ${zoned(closes, zone)} (${zone})`;
    const detail = unknown.length > 0 ? `could not tell: ${unknown.join('; ')}` : until;
    return { ...base, verdict, closedBy: [], opensAt: null, closesAt: closes === null ? null : iso(closes), detail };
  }
  const stay = { from: now, to: now + Math.max(1, needed) };
  const reasons = closures.filter((closure) => overlap(closure, stay));
  // What closes it right now is the reason; what would close it too soon is one only where nothing does.
  const current = reasons.filter(({ from, to }) => from <= now && now < to);
  const told = (current.length > 0 ? current : reasons).slice(0, TOLD);
  const why = told.map(({ why: words, rule }) => `${words} [${rule}]`).join('; ');
  const beginning =
    current.length > 0
      ? `closed: ${why}`
      : `open only until ${zoned(closed[0]!.from, zone)}, and the release still needs ${formatDuration(needed)}; then: ${why}`;
  const next =
    opens === null ? `not open for long enough before ${zoned(span.to, zone)}` : `opens at ${zoned(opens, zone)}`;
  const also = unknown.length > 0 ? `; as far as could be told: ${unknown.join('; ')}` : '';
  return {
    ...base,
    verdict: 'closed',
    closedBy: told.map(({ rule, why: words, from, to }) => ({ rule, why: words, from: iso(from), until: iso(to) })),
    opensAt: opens === null ? null : iso(opens),
    closesAt: null,
    detail: `${beginning}; ${next} (${zone})${also}`,
  };
}

/** The first moment from `now` on at which nothing closes for `needed`; null = none that is known. */
function nextFit(closed: readonly Interval[], now: number, needed: number, end: number): number | null {
  let at = now;
  for (const { from, to } of closed) {
    // A release that needs no time must not begin at the very moment of closing.
    if (at < from && at + needed <= from) return at;
    at = Math.max(at, to);
  }
  return at < end ? at : null;
}

const iso = (moment: number): string => new Date(moment).toISOString();
