/** Stretches of time, from `from` on and up to, but without, `to`: milliseconds since 1970, UTC. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** These stretches within `span`, in order, joined where they touch or overlap; empty ones are left out. */
export function joined(intervals: readonly Interval[], span: Interval): Interval[] {
  const made: { from: number; to: number }[] = [];
  const cut = intervals
    .map(({ from, to }) => ({ from: Math.max(from, span.from), to: Math.min(to, span.to) }))
    .filter(({ from, to }) => from < to)
    .sort((a, b) => a.from - b.from);
  for (const interval of cut) {
    const last = made.at(-1);
    if (last && interval.from <= last.to) last.to = Math.max(last.to, interval.to);
    else made.push({ ...interval });
  }
  return made;
}

/** What of `span` none of `intervals` covers. */
export function gaps(intervals: readonly Interval[], span: Interval): Interval[] {
  const free: Interval[] = [];
  let at = span.from;
  for (const { from, to } of joined(intervals, span)) {
    if (at < from) free.push({ from: at, to: from });
    at = to;
  }
  return at < span.to ? [...free, { from: at, to: span.to }] : free;
}

export const overlap = (a: Interval, b: Interval): boolean => a.from < b.to && b.from < a.to;
