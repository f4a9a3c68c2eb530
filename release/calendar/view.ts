/** The coming weeks of an environment, as they are shown: day by day. */
import { dayOf, textOfDay } from './days';
import type { AnnouncedFreeze } from './announced';
import { gaps, joined, overlap, type Interval } from './intervals';
import type { CalendarSight, CalendarVerdict } from './judge';
import { momentOf, wallTimeAt } from './zone';

/** What `slipway calendar` shows. */
export interface CalendarView {
  readonly environment: string;
  readonly zone: string;
  /** ISO 8601, UTC: the moment that `verdict` is about. */
  readonly at: string;
  /** Whether a release may begin at that moment, and go through. */
  readonly verdict: CalendarVerdict;
  /** The same for a hotfix. */
  readonly hotfix: CalendarVerdict;
  readonly days: readonly CalendarDay[];
  readonly freezes: readonly AnnouncedFreeze[];
  /** What could not be told, a sentence each. */
  readonly unknown: readonly string[];
}

/** One day, in the environment's own time. */
export interface CalendarDay {
  /** `2026-11-23`. */
  readonly date: string;
  /** When it is open. */
  readonly open: readonly MinuteSpan[];
  /** When it is open to hotfixes. */
  readonly hotfix: readonly MinuteSpan[];
  /** What closes it, but for its windows, a few words each. */
  readonly why: readonly string[];
}

/** Times of day as the clock shows them, in minutes since midnight. */
export interface MinuteSpan {
  readonly from: number;
  readonly until: number;
}

/** The days from the one of `from` on. `sight` and `hotfix` must know all of them. */
export function calendarDays(sight: CalendarSight, hotfix: CalendarSight, from: number, count: number): CalendarDay[] {
  const first = wallTimeAt(from, sight.zone).day;
  return Array.from({ length: count }, (_, n): CalendarDay => {
    const date = textOfDay(first + n);
    const span = daySpan(date, sight.zone);
    const closures = sight.closures.filter((closure) => closure.rule !== 'windows' && overlap(closure, span));
    return {
      date,
      open: openIn(sight, span),
      hotfix: openIn(hotfix, span),
      why: [...new Set(closures.map(({ why, rule }) => `${why} [${rule}]`))],
    };
  });
}

/** From the beginning to the end of a day: 23 to 25 hours. */
function daySpan(date: string, zone: string): Interval {
  const day = dayOf(date) ?? 0;
  return { from: momentOf({ day, minute: 0 }, zone), to: momentOf({ day: day + 1, minute: 0 }, zone) };
}

function openIn({ closures, zone }: CalendarSight, span: Interval): MinuteSpan[] {
  const clock = (moment: number) => wallTimeAt(moment, zone).minute;
  return gaps(joined(closures, span), span).map(({ from, to }) => ({
    from: clock(from),
    until: to === span.to ? 1440 : clock(to),
  }));
}
