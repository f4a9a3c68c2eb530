import type { Interval } from '../../release/calendar/intervals';
import { judgeCalendar, type CalendarVerdict } from '../../release/calendar/judge';
import { timeNeeded } from '../../release/calendar/needed';
import { calendarDays, type CalendarView } from '../../release/calendar/view';
import { rulesFor } from '../../release/release-kind';
import type { JudgeCalendarInput, ShowCalendarInput } from '../contract';
import type { Attempt, Surroundings } from '../surroundings';
import { lookAtCalendar, sightOf } from './look-at-calendar';

const DAY = 86_400_000;

/** A release may be asked for that long before; what is later is looked at when it comes near. */
const YEAR = 366 * DAY;

/** How far a next opening is looked for. */
const HORIZON = 182 * DAY;

/** When an environment may be changed: looked at and judged here, so that what was judged is recorded in history. */
export function createCalendarActivities(surroundings: Surroundings) {
  return {
    /** Whether a release may go on now, and if not when. What could not be read makes it `unknown`, never open. */
    judgeCalendar: (input: JudgeCalendarInput, attempt: Attempt): Promise<CalendarVerdict> =>
      judgeNow(input, surroundings, attempt),

    /** The coming weeks of an environment, and whether a release could begin at a moment. */
    async showCalendar(input: ShowCalendarInput, attempt: Attempt): Promise<CalendarView> {
      const { rules, people, announced, at, weeks, environment } = input;
      const now = at === null ? Date.now() : Date.parse(at);
      const span = spanFrom(now, weeks * 7 * DAY);
      const closed = await lookAtCalendar({ rules, people, announced, notBefore: null }, span, surroundings, attempt);
      const [normal, hotfix] = (['normal', 'hotfix'] as const).map((kind) => sightOf(rules, kind, span, closed));
      const needed = timeNeeded(environment, 'changing');
      const verdict = judgeCalendar(normal!, { now, needed });
      return {
        environment: environment.name,
        zone: normal!.zone,
        at: verdict.at,
        verdict,
        hotfix: judgeCalendar(hotfix!, { now, needed: timeNeeded(rulesFor(environment, 'hotfix'), 'changing') }),
        days: calendarDays(normal!, hotfix!, now, weeks * 7),
        freezes: announced,
        unknown: closed.unknown,
      };
    },
  };
}

/** As the activity `judgeCalendar`, for what asks from within another activity. */
export async function judgeNow(
  { rules, people, announced, notBefore, kind, needed }: JudgeCalendarInput,
  surroundings: Surroundings,
  attempt: Attempt,
): Promise<CalendarVerdict> {
  const asked = notBefore === null ? 0 : Math.min(Date.parse(notBefore) - Date.now(), YEAR);
  const before = spanFrom(Date.now(), asked + 28 * DAY);
  const closed = await lookAtCalendar({ rules, people, announced, notBefore }, before, surroundings, attempt);
  const sight = sightOf(rules, kind, before, closed);
  // Reading may have taken a while: what counts is the moment of the verdict.
  return judgeCalendar(sight, { now: Date.now(), needed });
}

/** With two days before, in which something may have begun that lasts. */
const spanFrom = (now: number, least: number): Interval => ({
  from: now - 2 * DAY,
  to: now + Math.max(HORIZON, least + 2 * DAY),
});
