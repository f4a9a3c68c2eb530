/** Days of the calendar as numbers, counted from 1970-01-01: no time of day, no zone. */

/** Three letters each, from Monday on: what people write, and what is shown. */
export const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;

const DAY = 86_400_000;

/** The number of a day written as `2026-12-24`; undefined if there is no such day. */
export function dayOf(text: string): number | undefined {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (year === undefined) return undefined;
  const day = Date.UTC(Number(year), Number(month) - 1, Number(date)) / DAY;
  return textOfDay(day) === text ? day : undefined;
}

/** `2026-12-24`. */
export function textOfDay(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10);
}

/** 0 = Monday … 6 = Sunday. */
export function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** The year that a day is in. */
export function yearOf(day: number): number {
  return new Date(day * DAY).getUTCFullYear();
}

/** Days that a yearly freeze may name, besides `12-24`. */
export const namedDays = ['thanksgiving', 'black-friday', 'cyber-monday'] as const;

/** Whether `text` names a day of every year: `12-24` or one of {@link namedDays}. */
export function isYearlyDay(text: string): boolean {
  return namedDays.some((name) => name === text) || (text !== '02-29' && dayOf(`2024-${text}`) !== undefined);
}

/** The day of a year that `text` names: see {@link isYearlyDay}. */
export function yearlyDay(text: string, year: number): number {
  // The fourth Thursday of November is the first one from the 22nd on.
  const from = Date.UTC(year, 10, 22) / DAY;
  const thanksgiving = from + ((3 - weekdayOf(from) + 7) % 7);
  if (text === 'thanksgiving') return thanksgiving;
  if (text === 'black-friday') return thanksgiving + 1;
  if (text === 'cyber-monday') return thanksgiving + 4;
  return dayOf(`${year}-${text}`) ?? thanksgiving;
}
