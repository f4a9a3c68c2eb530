import { z } from 'zod';
import { usualAllowance, usualPatience } from '../../release/calendar/needed';
import type { CalendarRules, CalendarWindow, PlannedFreeze } from '../../release/calendar/rules';
import { parseWindow } from '../../release/calendar/windows';
import { isYearlyDay, namedDays } from '../../release/calendar/days';
import { parseDate } from '../../release/calendar/freezes';
import { isZone, knownZones } from '../../release/calendar/zone';
import { formatDuration } from '../../release/durations';
import { suggest } from '../nearest';
import { duration, positiveDuration } from './duration';
import { refuse } from './refuse';
import { text } from './text';

const zone = z
  .string()
  .meta({ description: 'The time zone whose clock counts here.', examples: ['Europe/Berlin'] })
  .superRefine((value, context) => {
    if (isZone(value)) return;
    const zones = knownZones();
    const hint = suggest(value, zones);
    refuse(
      context,
      'is no time zone',
      hint.startsWith('Did') ? hint : 'Write a name such as Europe/Berlin, America/New_York or UTC.',
    );
  });

const week = z
  .string()
  .meta({
    description: 'Days of the week, and maybe a time of day: open then.',
    examples: ['Mon-Thu', 'Fri until 14:00', 'Sat from 09:00', 'Mon-Fri 09:00-16:00'],
  })
  .superRefine((value, context) => {
    const parsed = parseWindow(value);
    if ('problem' in parsed) refuse(context, parsed.problem, parsed.advice);
  });

const window = z
  .union([
    week.transform((open): CalendarWindow => ({ open, for: 'everyone' })),
    z.strictObject({
      open: week,
      for: z
        .enum(['everyone', 'hotfix'])
        .meta({ description: 'Which releases it is for: all, or those that were asked for with --hotfix.' })
        .prefault('everyone'),
    }),
  ])
  .meta({
    description: 'When a release may change this environment.',
    examples: ['Mon-Thu', { open: 'Sat-Sun', for: 'hotfix' }],
  });

const reason = z
  .string()
  .meta({ description: 'Why, for people.', examples: ['year end'] })
  .prefault('');

const date = (description: string) =>
  z
    .string()
    .meta({ description, examples: ['2026-12-23', '2026-12-23 18:00'] })
    .superRefine((value, context) => {
      if (!parseDate(value))
        refuse(context, 'is no date', 'Write a day such as 2026-12-23, or a day and a time: 2026-12-23 18:00.');
    });

const dated = z
  .strictObject({
    from: date('First day, or day and time, of a freeze.'),
    to: date('Last day of it, which belongs to it whole, or day and time of its end.'),
    reason,
  })
  .transform((form): PlannedFreeze => ({ kind: 'dates', ...form }));

const yearly = z
  .strictObject({
    days: z
      .string()
      .meta({
        description: 'Days of every year, from one to another.',
        examples: ['black-friday..cyber-monday', '12-24..01-01', '12-24'],
      })
      .superRefine((value, context) => {
        const parts = value.split('..');
        if (parts.length <= 2 && parts.every(isYearlyDay)) return;
        const hint = `Write ${namedDays.join(', ')} or a month and a day such as 12-24, or two of them: 12-24..01-01.`;
        refuse(context, 'names no days of the year', hint);
      }),
    reason,
  })
  .transform((form): PlannedFreeze => ({ kind: 'days', ...form }));

const region = text('A country, or a region of it.', 'DE', 'DE-BE', 'US-CA');

const holidays = z
  .strictObject({
    holidays: z
      .union([region.transform((one) => [one]), z.array(region).min(1)])
      .meta({ description: 'Whose public holidays close it.', examples: ['DE-BE', ['DE', 'US-CA']] }),
    lastBusinessDayBefore: z
      .boolean()
      .meta({ description: 'Whether the last business day before each of them closes it too.' })
      .prefault(false),
    reason,
  })
  .transform(({ holidays: regions, ...form }): PlannedFreeze => ({ kind: 'holidays', regions, ...form }));

const ical = z
  .strictObject({
    ical: text(
      'Address or path of an iCalendar file: its events close this environment. The worker reads it.',
      '${env:FREEZE_CALENDAR}',
      './calendars/freezes.ics',
    ),
    needs: z
      .array(text('A person’s name.', 'ada'))
      .min(1)
      .meta({
        description: 'Then it is a calendar of absences: only the events of these people count.',
        examples: [['ada']],
      })
      .exactOptional(),
    reason,
  })
  .transform(({ needs = [], ...form }): PlannedFreeze => ({ kind: 'ical', needs, ...form }));

const freeze = z.union([dated, yearly, holidays, ical]).meta({
  description: 'A time in which this environment is closed, told by its first key.',
  examples: [
    { from: '2026-12-23', to: '2027-01-02', reason: 'year end' },
    { days: 'black-friday..cyber-monday' },
    { holidays: 'DE-BE', lastBusinessDayBefore: true },
    { ical: '${env:ABSENCES}', needs: ['ada'] },
  ],
});

/** When an environment may be changed. */
export const calendar = z
  .strictObject({
    zone,
    windows: z
      .array(window)
      .min(1)
      .meta({ description: 'When it is open; without them: always.', examples: [['Mon-Thu', 'Fri until 14:00']] })
      .exactOptional(),
    freezes: z
      .array(freeze)
      .meta({ description: 'When it is closed all the same.', examples: [[{ holidays: 'DE-BE' }]] })
      .prefault([]),
    allowance: duration(
      'Time that a release is given besides its waits: it begins only if all of it fits before the calendar closes.',
    ).prefault(formatDuration(usualAllowance)),
    patience: positiveDuration(
      'How long a release waits for the calendar before it gives up; with --when-open it never does.',
    ).prefault(formatDuration(usualPatience)),
  })
  .meta({
    description: 'When this environment may be changed; without it: always.',
    examples: [{ zone: 'Europe/Berlin', windows: ['Mon-Thu', 'Fri until 14:00'] }],
  })
  .transform(({ windows = [], ...rest }): CalendarRules => ({ windows, ...rest }));
