/** Freezes as stretches of time in which an environment is closed, each with the rule that closes it. */
import { dayOf, weekdayOf, yearlyDay, yearOf } from './days';
import type { Interval } from './intervals';
import type { DatedFreeze, HolidayFreeze, YearlyFreeze } from './rules';
import { minuteOf, momentOf, wallTimeAt } from './zone';

/** A stretch of time in which an environment is closed. */
export interface Closure extends Interval {
  /** Where that is said: `windows`, `freezes[2]`, `freeze f3`, `at`. */
  readonly rule: string;
  /** Why, in a few words. */
  readonly why: string;
}

/** A public holiday of one region; `days` is how long it lasts. */
export interface Holiday {
  /** The first day: `2026-12-25`. */
  readonly date: string;
  readonly days: number;
  readonly name: string;
}

/** The holidays of a region, and the days of the week (0 = Monday) that are no business days there. */
export interface RegionHolidays {
  readonly region: string;
  readonly weekend: readonly number[];
  readonly holidays: readonly Holiday[];
}

/** `2026-12-23` or `2026-12-23 18:00`; undefined if it is neither. Without a time it is the whole day. */
export function parseDate(text: string): { readonly day: number; readonly minute: number | null } | undefined {
  const [date = '', time, ...rest] = text.split(' ');
  const day = dayOf(date);
  const minute = time === undefined ? null : minuteOf(time);
  return day === undefined || minute === undefined || rest.length > 0 ? undefined : { day, minute };
}

/** The stretch of a dated freeze; undefined if it has a date that there is not. The longest where a clock is set back. */
export function datedInterval({ from, to }: Pick<DatedFreeze, 'from' | 'to'>, zone: string): Interval | undefined {
  const [begin, end] = [parseDate(from), parseDate(to)];
  if (!begin || !end) return undefined;
  const { day, minute } = end;
  return {
    from: momentOf({ day: begin.day, minute: begin.minute ?? 0 }, zone),
    to: momentOf(minute === null ? { day: day + 1, minute: 0 } : { day, minute }, zone, 'last'),
  };
}

/** The closure of a dated freeze. */
export function datedClosures(freeze: DatedFreeze, zone: string, rule: string): Closure[] {
  const interval = datedInterval(freeze, zone);
  const days = freeze.from === freeze.to ? freeze.from : `${freeze.from} to ${freeze.to}`;
  return interval ? [{ ...interval, rule, why: freeze.reason ? `${freeze.reason} (${days})` : days }] : [];
}

/** The closures of a yearly freeze in the years of `span`. */
export function yearlyClosures({ days, reason }: YearlyFreeze, zone: string, span: Interval, rule: string): Closure[] {
  const [first = '', last = first] = days.split('..');
  const from = yearOf(wallTimeAt(span.from, zone).day) - 1;
  const to = yearOf(wallTimeAt(span.to, zone).day);
  return Array.from({ length: to - from + 1 }, (_, n): Closure => {
    const begin = yearlyDay(first, from + n);
    const sameYear = yearlyDay(last, from + n);
    const end = sameYear < begin ? yearlyDay(last, from + n + 1) : sameYear;
    return { ...wholeDays(begin, end, zone), rule, why: reason ? `${reason} (${days})` : days };
  });
}

/** The closures of holidays, and of the business days before them. */
export function holidayClosures(
  { lastBusinessDayBefore, reason }: HolidayFreeze,
  found: readonly RegionHolidays[],
  zone: string,
  rule: string,
): Closure[] {
  const because = reason ? `${reason}: ` : '';
  return found.flatMap(({ region, weekend, holidays }) => {
    const free = new Set(holidays.flatMap((holiday) => daysOf(holiday)));
    const told = new Set<number>();
    return holidays.flatMap((holiday): Closure[] => {
      const [first, last] = [daysOf(holiday)[0]!, daysOf(holiday).at(-1)!];
      const own = { ...wholeDays(first, last, zone), rule, why: `${because}${holiday.name} (${region})` };
      if (!lastBusinessDayBefore) return [own];
      let before = first - 1;
      while (weekend.includes(weekdayOf(before)) || free.has(before)) before -= 1;
      // Of two holidays in a row the first says it.
      if (told.has(before)) return [own];
      told.add(before);
      const why = `${because}last business day before ${holiday.name} (${region})`;
      return [{ ...wholeDays(before, before, zone), rule, why }, own];
    });
  });
}

function daysOf({ date, days }: Holiday): number[] {
  const first = dayOf(date);
  return first === undefined ? [] : Array.from({ length: Math.max(1, days) }, (_, n) => first + n);
}

/** From the beginning of one day to the end of another; a day has 23 to 25 hours. */
function wholeDays(first: number, last: number, zone: string): Interval {
  return {
    from: momentOf({ day: first, minute: 0 }, zone),
    to: momentOf({ day: last + 1, minute: 0 }, zone, 'last'),
  };
}
