import ICAL from 'ical.js';
import { dayOf } from '../../release/calendar/days';
import type { Interval } from '../../release/calendar/intervals';
import { isZone, momentOf } from '../../release/calendar/zone';

/** One occurrence of an event. */
export interface IcalEvent extends Interval {
  readonly summary: string;
  /** E-mails of those who take part and have not declined, in small letters. */
  readonly attendees: readonly string[];
  /** Empty if none is said. */
  readonly organizer: string;
}

/** Occurrences that are counted through: a rule since long ago, or for each second, must not hold a worker. */
const MAX_OCCURRENCES = 20_000;

/**
 * Every occurrence of every event of an iCalendar text within `span`: recurring ones with their exceptions, without
 * those that were cancelled. Days without a time, and times without a zone, are those of `zone`. Throws an error with
 * a sentence for people if the text cannot be understood.
 */
export function icalEvents(text: string, zone: string, span: Interval): IcalEvent[] {
  // A text may hold several calendars, one after the other.
  const parsed = ICAL.parse(text) as unknown[];
  const calendars = (typeof parsed[0] === 'string' ? [parsed] : parsed) as unknown[][];
  return calendars.flatMap((calendar) => eventsOf(new ICAL.Component(calendar), zone, span));
}

function eventsOf(calendar: ICAL.Component, zone: string, span: Interval): IcalEvent[] {
  const zones = new Map(
    calendar.getAllSubcomponents('vtimezone').map((component) => {
      const made = new ICAL.Timezone(component);
      return [made.tzid, made] as const;
    }),
  );
  const components = calendar.getAllSubcomponents('vevent');
  const exceptions = components.filter((component) => component.hasProperty('recurrence-id'));
  const uidOf = (component: ICAL.Component) => String(component.getFirstPropertyValue('uid'));
  const found = components.flatMap((component) => {
    const isException = component.hasProperty('recurrence-id');
    const hasMaster = components.some((other) => !exceptions.includes(other) && uidOf(other) === uidOf(component));
    if (isException && hasMaster) return [];
    const own = isException ? [] : exceptions.filter((other) => uidOf(other) === uidOf(component));
    const event = new ICAL.Event(component, { exceptions: own, strictExceptions: false });
    if (!component.hasProperty('dtstart')) return [];
    const clock = { zone, zones };
    return event.isRecurring() ? occurrences(event, clock, span) : [occurrence(event, event, clock)];
  });
  return found.filter((event) => event !== undefined).filter(({ from, to }) => from < span.to && span.from < to);
}

/** What the library's own types leave out. */
interface Occurrence {
  readonly startDate: ICAL.Time;
  readonly endDate: ICAL.Time;
  readonly item: ICAL.Event;
}

interface Clock {
  readonly zone: string;
  /** Those that the file describes itself. */
  readonly zones: ReadonlyMap<string, ICAL.Timezone>;
}

function occurrences(event: ICAL.Event, clock: Clock, span: Interval): (IcalEvent | undefined)[] {
  const found: (IcalEvent | undefined)[] = [];
  const tzid = tzidOf(event.component, 'dtstart');
  const times = event.iterator();
  const seen = new Set<ICAL.Event>();
  for (let n = 0, next = times.next(); next; n++, next = times.next()) {
    if (n > MAX_OCCURRENCES) throw new Error(`an event recurs more than ${MAX_OCCURRENCES} times`);
    // Two days of grace: an exception may have been moved by some hours, and zones are not looked at yet.
    if (next.toUnixTime() * 1000 > span.to + 2 * 86_400_000) break;
    const { startDate, endDate, item } = event.getOccurrenceDetails(next) as Occurrence;
    seen.add(item);
    found.push(
      occurrence(item, { startDate, endDate }, clock, item === event ? tzid : tzidOf(item.component, 'dtstart')),
    );
  }
  const exceptions = Object.values(event.exceptions as unknown as Record<string, ICAL.Event>);
  const moved = exceptions.filter((item) => !seen.has(item));
  return [...found, ...moved.map((item) => occurrence(item, item, clock))];
}

function occurrence(
  { component, summary }: ICAL.Event,
  { startDate, endDate }: { readonly startDate: ICAL.Time; readonly endDate: ICAL.Time },
  clock: Clock,
  tzid = tzidOf(component, 'dtstart'),
): IcalEvent | undefined {
  if (String(component.getFirstPropertyValue('status')).toUpperCase() === 'CANCELLED') return undefined;
  const attendees = component
    .getAllProperties('attendee')
    .filter((attendee) => String(attendee.getFirstParameter('partstat')).toUpperCase() !== 'DECLINED');
  return {
    from: momentAt(startDate, tzid, clock, 'first'),
    to: momentAt(endDate, tzidOf(component, 'dtend') ?? tzid, clock, 'last'),
    summary: summary ?? '',
    attendees: attendees.map((attendee) => mailOf(attendee.getFirstValue())),
    organizer: mailOf(component.getFirstPropertyValue('organizer')),
  };
}

/** The zone's own name wins over the file's description of it, which is often years old. */
function momentAt(time: ICAL.Time, tzid: string | undefined, { zone, zones }: Clock, which: 'first' | 'last'): number {
  const { year, month, day, hour, minute, second } = time;
  const date = [String(year).padStart(4, '0'), ...[month, day].map((part) => String(part).padStart(2, '0'))].join('-');
  const wall = { day: dayOf(date) ?? 0, minute: hour * 60 + minute };
  if (time.isDate) return momentOf({ ...wall, minute: 0 }, zone, which);
  const seconds = second * 1000;
  if (time.zone?.tzid === 'UTC') return momentOf(wall, 'UTC') + seconds;
  if (tzid === undefined) return momentOf(wall, zone, which) + seconds;
  if (isZone(tzid)) return momentOf(wall, tzid, which) + seconds;
  const described = zones.get(tzid);
  if (!described) throw new Error(`it names the time zone ${JSON.stringify(tzid.slice(0, 60))}, which nobody knows`);
  const inZone = time.clone();
  inZone.zone = described;
  return inZone.toUnixTime() * 1000;
}

function tzidOf(component: ICAL.Component, name: string): string | undefined {
  const tzid = component.getFirstProperty(name)?.getFirstParameter('tzid');
  return tzid === undefined || tzid === '' ? undefined : tzid;
}

const mailOf = (value: unknown): string =>
  typeof value === 'string'
    ? value
        .replace(/^mailto:/i, '')
        .trim()
        .toLowerCase()
    : '';
