import type { CalendarView } from '../release/calendar/view';
import { areFreezes } from '../release/calendar/announced';
import { momentIn } from '../release/message-fields';
import { isObject, problemOfPlace } from '../release/release-request';
import { slipwayFailure } from './failure';
import type { CalendarInput } from './messages';
import { activity } from './proxies';

/** The most that is looked ahead. */
const MOST_WEEKS = 26;

/** The coming weeks of an environment, as its worker sees them: no other may know a calendar's secret address. */
export async function calendar(input: CalendarInput): Promise<CalendarView> {
  const problem = problemOf(input);
  if (problem) throw slipwayFailure('REQUEST_INVALID', { what: 'a look at a calendar', problem });
  const { project, environment: name, weeks, at, freezes: announced } = input;
  const environment = project.environments[name]!;
  const rules = environment.calendar;
  const people = { people: project.people ?? {} };
  return activity.showCalendar({ rules, people, announced, environment, weeks, at }, `The calendar of ${name}`);
}

function problemOf(input: unknown): string | undefined {
  if (!isObject(input)) return 'it is no object';
  const { weeks, at, freezes } = input;
  const isCount = Number.isInteger(weeks) && (weeks as number) >= 1 && (weeks as number) <= MOST_WEEKS;
  if (!isCount) return `"weeks" must be a number from 1 to ${MOST_WEEKS}`;
  if (at !== null && momentIn(at) === undefined) return '"at" must be null, or a moment such as 2026-11-23T14:00Z';
  if (!areFreezes(freezes)) return '"freezes" is no list of freezes';
  return problemOfPlace(input);
}
