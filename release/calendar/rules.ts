/** When an environment may be changed, as a team has described it; times of day are those of its own zone. */
export interface CalendarRules {
  /** Such as `Europe/Berlin`. */
  readonly zone: string;
  /** Empty = open at all times but the freezes. */
  readonly windows: readonly CalendarWindow[];
  readonly freezes: readonly PlannedFreeze[];
  /** Milliseconds that a release is given besides its waits: all of it must fit before the calendar closes. */
  readonly allowance: number;
  /** How long a release waits for the calendar before it gives up, unless it was asked for with `--when-open`. */
  readonly patience: number;
}

export interface CalendarWindow {
  /** As written: `Mon-Thu`, `Fri until 14:00`. */
  readonly open: string;
  readonly for: 'everyone' | 'hotfix';
}

/** A freeze that is known from the configuration: while it lasts the environment is closed. */
export type PlannedFreeze = DatedFreeze | YearlyFreeze | HolidayFreeze | ICalendarFreeze;

/** From one day or moment to another: `2026-12-23`, `2026-12-23 18:00`. A last day belongs to it whole. */
export interface DatedFreeze {
  readonly kind: 'dates';
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** Days of every year: `black-friday..cyber-monday`, `12-24..01-01`, `12-24`. */
export interface YearlyFreeze {
  readonly kind: 'days';
  readonly days: string;
  readonly reason: string;
}

/** Public holidays of countries and regions: `DE`, `DE-BE`, `US-CA-LA`. */
export interface HolidayFreeze {
  readonly kind: 'holidays';
  readonly regions: readonly string[];
  readonly lastBusinessDayBefore: boolean;
  readonly reason: string;
}

/** The events of an iCalendar file; with `needs` only those of the people who are named. */
export interface ICalendarFreeze {
  readonly kind: 'ical';
  /** A web address or an absolute path; may hold `${env:NAME}`. */
  readonly ical: string;
  readonly needs: readonly string[];
  readonly reason: string;
}
