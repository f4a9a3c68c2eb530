import { absentPeople } from '../../release/calendar/absences';
import { announcedClosures, type AnnouncedFreeze } from '../../release/calendar/announced';
import {
  datedClosures,
  holidayClosures,
  yearlyClosures,
  type Closure,
  type RegionHolidays,
} from '../../release/calendar/freezes';
import type { Interval } from '../../release/calendar/intervals';
import { windowClosures, type CalendarSight } from '../../release/calendar/judge';
import type { CalendarRules, HolidayFreeze, ICalendarFreeze } from '../../release/calendar/rules';
import { openings } from '../../release/calendar/windows';
import { zoned } from '../../release/calendar/zone';
import { resolveReferences } from '../../release/env-references';
import { fitted } from '../../release/plain-text';
import type { WhoIsWho } from '../../release/people';
import type { ReleaseKind } from '../../release/rule-words';
import type { Attempt, Surroundings } from '../surroundings';
import { holidaysOf } from './holidays';
import { icalEvents } from './ical-events';
import { readIcal } from './read-ical';

/** What may close an environment. */
export interface CalendarSources {
  /** Absent = only what was announced, or asked for, closes it. */
  readonly rules: CalendarRules | undefined;
  readonly people: WhoIsWho;
  readonly announced: readonly AnnouncedFreeze[];
  /** The release was asked not to begin before this moment: ISO 8601. */
  readonly notBefore: string | null;
}

/** All that closes an environment, but for its windows, and what could not be told of it. */
export interface Closed {
  readonly closures: readonly Closure[];
  readonly unknown: readonly string[];
}

/** Of the title of an event so much is told. */
const LONGEST_WHY = 100;

/** Where no calendar says which zone's clock counts. */
const NO_ZONE = 'UTC';

/** What closes the environment in `span`. What cannot be read is `unknown`; it fails only with the signal's reason. */
export async function lookAtCalendar(
  { rules, people, announced, notBefore }: CalendarSources,
  span: Interval,
  surroundings: Surroundings,
  attempt: Attempt,
): Promise<Closed> {
  const zone = rules?.zone ?? NO_ZONE;
  const looks = (rules?.freezes ?? []).map(async (freeze, n): Promise<Closed> => {
    const rule = `freezes[${n}]`;
    switch (freeze.kind) {
      case 'dates':
        return known(datedClosures(freeze, zone, rule));
      case 'days':
        return known(yearlyClosures(freeze, zone, span, rule));
      case 'holidays':
        return holidays(freeze, zone, span, rule);
      case 'ical':
        return events({ freeze, zone, span, rule, people }, surroundings, attempt);
    }
  });
  const all = [
    known(announcedClosures(announced)),
    known(startClosure(notBefore, zone)),
    ...(await Promise.all(looks)),
  ];
  return {
    closures: all.flatMap(({ closures }) => closures),
    unknown: all.flatMap(({ unknown }) => unknown),
  };
}

/** The whole sight for a release of this kind: the windows, and what closes all the same. */
export function sightOf(
  rules: CalendarRules | undefined,
  kind: ReleaseKind,
  span: Interval,
  { closures, unknown }: Closed,
): CalendarSight {
  const zone = rules?.zone ?? NO_ZONE;
  const windows = rules?.windows ?? [];
  const outside = windowClosures(windows, openings(windows, zone, span, kind), span);
  return { zone, span, closures: [...closures, ...outside], unknown };
}

const known = (closures: readonly Closure[]): Closed => ({ closures, unknown: [] });
const unknown = (sentence: string): Closed => ({ closures: [], unknown: [sentence] });

function startClosure(notBefore: string | null, zone: string): Closure[] {
  if (notBefore === null) return [];
  const to = Date.parse(notBefore);
  return [{ from: 0, to, rule: 'at', why: `asked for not before ${zoned(to, zone)} (${zone})` }];
}

async function holidays(freeze: HolidayFreeze, zone: string, span: Interval, rule: string): Promise<Closed> {
  // A holiday of the year after may have its business day before in this one.
  const years = {
    from: new Date(span.from).getUTCFullYear() - 1,
    to: new Date(span.to).getUTCFullYear() + 1,
  };
  const found: RegionHolidays[] = [];
  for (const region of freeze.regions) {
    try {
      found.push(await holidaysOf(region, years));
    } catch (error) {
      return unknown(`${rule}: the holidays of ${region} (${messageOf(error)})`);
    }
  }
  return known(holidayClosures(freeze, found, zone, rule));
}

interface EventsWanted {
  readonly freeze: ICalendarFreeze;
  readonly zone: string;
  readonly span: Interval;
  readonly rule: string;
  readonly people: WhoIsWho;
}

async function events(
  { freeze, zone, span, rule, people }: EventsWanted,
  { lookup, redact }: Surroundings,
  attempt: Attempt,
): Promise<Closed> {
  // As it is written: the address itself may be a secret.
  const say = (problem: string) => unknown(`${rule}: the calendar ${freeze.ical} (${redact(problem)})`);
  try {
    const read = await readIcal(resolveReferences(freeze.ical, lookup, rule), attempt.signal);
    if ('problem' in read) return say(read.problem);
    const found = icalEvents(read.text, zone, span);
    return known(
      found.flatMap((event): Closure[] => {
        const { from, to, summary } = event;
        const because = freeze.reason ? `${freeze.reason}: ` : '';
        if (freeze.needs.length === 0)
          return [{ from, to, rule, why: `${because}${fitted(summary, LONGEST_WHY) || 'an event'}` }];
        // Why somebody is away is nobody's business here.
        const away = absentPeople(event, freeze.needs, people);
        return away.length > 0 ? [{ from, to, rule, why: `${because}${away.join(', ')} away` }] : [];
      }),
    );
  } catch (error) {
    attempt.signal.throwIfAborted();
    return say(messageOf(error));
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
