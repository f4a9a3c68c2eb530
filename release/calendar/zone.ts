/**
 * Clocks of time zones: from moments (milliseconds since 1970, UTC) to what a clock on the wall shows there, and back.
 * The rules of the zones are those of the JavaScript engine, which differ between its releases: workflows must not ask
 * them, activities and clients may.
 */
import { dayOf, textOfDay, weekdayOf, weekdays } from './days';

/** What a clock on the wall shows: a day (release/calendar/days.ts) and the minutes since its midnight, 0 to 1440. */
export interface WallTime {
  readonly day: number;
  readonly minute: number;
}

const MINUTE = 60_000;
const DAY = 86_400_000;
/** No zone's clock is further from UTC, and none jumps further: enough to see the offsets on both sides of a jump. */
const BESIDE = 1.5 * DAY;

/** Whether `name` is a time zone with rules, such as `Europe/Berlin` or `UTC`; an offset (`+02:00`) is none. */
export function isZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** All names of zones that may be suggested. */
export function knownZones(): string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone')];
}

/** What the clock of `zone` shows at a moment; seconds are left out. */
export function wallTimeAt(moment: number, zone: string): WallTime {
  const shown = moment + offsetAt(moment, zone);
  const day = Math.floor(shown / DAY);
  return { day, minute: Math.floor((shown - day * DAY) / MINUTE) };
}

/**
 * The moment at which the clock of `zone` shows this. Where it shows it twice (the clock was set back), the first or
 * last of both; where it never does (it was set forward), the moment of the jump.
 */
export function momentOf({ day, minute }: WallTime, zone: string, which: 'first' | 'last' = 'first'): number {
  const shown = day * DAY + minute * MINUTE;
  const before = offsetAt(shown - BESIDE, zone);
  const after = offsetAt(shown + BESIDE, zone);
  const fitting = [shown - before, shown - after].filter((moment) => moment + offsetAt(moment, zone) === shown);
  if (fitting.length > 0) return which === 'first' ? Math.min(...fitting) : Math.max(...fitting);
  return jumpBetween(shown - after, shown - before, zone);
}

/** The first moment after `low` at which the offset is the one of `high`. */
function jumpBetween(low: number, high: number, zone: string): number {
  const wanted = offsetAt(high, zone);
  let [still, already] = [low, high];
  while (already - still > 1) {
    const middle = Math.floor((still + already) / 2);
    if (offsetAt(middle, zone) === wanted) already = middle;
    else still = middle;
  }
  return already;
}

/** `Mon 2026-11-23 07:30`, as the clock of `zone` shows it. */
export function zoned(moment: number, zone: string): string {
  const { day, minute } = wallTimeAt(moment, zone);
  return `${weekdays[weekdayOf(day)]} ${textOfDay(day)} ${textOfMinute(minute)}`;
}

/** `07:30`; the end of a day is `24:00`. */
export function textOfMinute(minute: number): string {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

/** Minutes since midnight of `07:30`, at most `24:00`; undefined if it is no time of day. */
export function minuteOf(text: string): number | undefined {
  const [, hours, minutes] = /^(\d{2}):([0-5]\d)$/.exec(text) ?? [];
  const minute = Number(hours) * 60 + Number(minutes);
  return hours !== undefined && minute <= 1440 ? minute : undefined;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  formats.set(zone, made);
  return made;
}

/** How far the clock of `zone` is ahead of UTC, in milliseconds. */
function offsetAt(moment: number, zone: string): number {
  const whole = Math.floor(moment / 1000) * 1000;
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(whole)
      .map(({ type, value }) => [type, value]),
  );
  const day = dayOf(`${parts['year']}-${parts['month']}-${parts['day']}`) ?? 0;
  const seconds = Number(parts['hour']) * 3600 + Number(parts['minute']) * 60 + Number(parts['second']);
  return day * DAY + seconds * 1000 - whole;
}
