import * as fc from 'fast-check';
import { datedClosures, holidayClosures, yearlyClosures, type RegionHolidays } from '../../../release/calendar/freezes';
import { judgeCalendar, windowClosures, type CalendarSight } from '../../../release/calendar/judge';
import type { CalendarWindow } from '../../../release/calendar/rules';
import type { ReleaseKind } from '../../../release/rule-words';
import { openings, parseWindow } from '../../../release/calendar/windows';

const minute = 60_000;
const hour = 60 * minute;

const windows: CalendarWindow[] = [
  { open: 'Mon-Thu', for: 'everyone' },
  { open: 'Fri until 14:00', for: 'everyone' },
  { open: 'Sat-Sun', for: 'hotfix' },
];
const berlin = 'Europe/Berlin';
const span = { from: Date.parse('2026-01-01T00:00Z'), to: Date.parse('2027-02-01T00:00Z') };

function sight(kind: ReleaseKind = 'normal', zone = berlin, some = windows, within = span): CalendarSight {
  const closures = windowClosures(some, openings(some, zone, within, kind), within);
  return { zone, span: within, closures, unknown: [] };
}

const ask = (now: string, needed = 0, kind: ReleaseKind = 'normal') =>
  judgeCalendar(sight(kind), { now: Date.parse(now), needed });

describe('Mon–Thu at any time, Fri until 14:00, weekends only hotfixes', () => {
  test.each([
    ['2026-11-23T00:00+01:00', 'open'],
    ['2026-11-22T23:59:59.999+01:00', 'closed'],
    ['2026-11-26T23:59+01:00', 'open'],
    ['2026-11-27T13:59:59.999+01:00', 'open'],
    ['2026-11-27T14:00+01:00', 'closed'],
    ['2026-11-28T12:00+01:00', 'closed'],
    // The same window in summer, and on the days on which the clock is changed.
    ['2026-07-03T13:59+02:00', 'open'],
    ['2026-07-03T14:00+02:00', 'closed'],
    ['2026-03-27T13:59+01:00', 'open'],
    ['2026-03-29T23:59+02:00', 'closed'],
    ['2026-03-30T00:00+02:00', 'open'],
    ['2026-10-25T23:59+01:00', 'closed'],
    ['2026-10-26T00:00+01:00', 'open'],
  ])('at %s it is %s', (now, verdict) => expect(ask(now).verdict).toBe(verdict));

  test('says which rule closes it, and when it next opens', () => {
    expect(ask('2026-11-27T14:00+01:00', hour)).toMatchObject({
      verdict: 'closed',
      opensAt: '2026-11-29T23:00:00.000Z',
      closedBy: [{ rule: 'windows', until: '2026-11-29T23:00:00.000Z' }],
      detail:
        'closed: open Mon-Thu, Fri until 14:00; hotfixes also Sat-Sun [windows]; opens at Mon 2026-11-30 00:00 (Europe/Berlin)',
    });
  });

  test('lets a hotfix in at weekends, not on Friday afternoon', () => {
    expect(ask('2026-11-28T12:00+01:00', 0, 'hotfix').verdict).toBe('open');
    expect(ask('2026-11-27T15:00+01:00', 0, 'hotfix')).toMatchObject({
      verdict: 'closed',
      opensAt: '2026-11-27T23:00:00.000Z',
    });
  });

  test('a release begins only if all that it still needs fits before the window ends', () => {
    expect(ask('2026-11-27T13:00+01:00', hour).verdict).toBe('open');
    expect(ask('2026-11-27T13:01+01:00', hour)).toMatchObject({
      verdict: 'closed',
      opensAt: '2026-11-29T23:00:00.000Z',
      detail: expect.stringMatching(
        /^open only until Fri 2026-11-27 14:00, and the release still needs 1h; then: /,
      ) as unknown,
    });
  });

  test('a window that is too short is never said to open', () => {
    const short = sight('normal', berlin, [{ open: 'Fri 09:00-10:00', for: 'everyone' }]);
    const verdict = judgeCalendar(short, { now: Date.parse('2026-11-27T08:30Z'), needed: 2 * hour });
    expect(verdict).toMatchObject({ verdict: 'closed', opensAt: null });
  });
});

describe('what could not be told', () => {
  const unknown = ['freezes[0]: the calendar ./a.ics (its server answered 500)'];

  test('is never open', () => {
    const verdict = judgeCalendar({ ...sight(), unknown }, { now: Date.parse('2026-11-23T10:00Z'), needed: 0 });
    expect(verdict).toMatchObject({ verdict: 'unknown', detail: `could not tell: ${unknown[0]}` });
  });

  test('does not hide that something else closes it', () => {
    const verdict = judgeCalendar({ ...sight(), unknown }, { now: Date.parse('2026-11-28T10:00Z'), needed: 0 });
    expect(verdict.verdict).toBe('closed');
    expect(verdict.detail).toContain('its server answered 500');
  });
});

describe('whatever the calendar and the moment', () => {
  const texts = [
    'Mon-Thu',
    'Fri until 14:00',
    'Sat from 22:30',
    'Sun until 02:30',
    'Sun 01:30-03:30',
    'Tue-Mon 01:00-04:00',
  ];
  const given = fc.record({
    zone: fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC'),
    open: fc.uniqueArray(fc.constantFrom(...texts), { minLength: 1 }),
    now: fc.integer({ min: Date.parse('2026-01-03T00:00Z') / 1000, max: Date.parse('2026-12-20T00:00Z') / 1000 }),
    needed: fc.integer({ min: 0, max: 3 * 60 }),
    freezes: fc.array(fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1, max: 60 })), { maxLength: 3 }),
  });

  test('it is open at the moment that was named, and was closed just before', () => {
    fc.assert(
      fc.property(given, ({ zone, open, now, needed, freezes }) => {
        const some = open.map((text): CalendarWindow => ({ open: text, for: 'everyone' }));
        const base = sight('normal', zone, some, { from: now * 1000 - 48 * hour, to: now * 1000 + 40 * 24 * hour });
        const frozen = freezes.map(([from, length]) => ({
          from: now * 1000 + from * hour,
          to: now * 1000 + (from + length) * hour,
          rule: 'freeze f1',
          why: 'x',
        }));
        const calendar = { ...base, closures: [...base.closures, ...frozen] };
        const verdict = judgeCalendar(calendar, { now: now * 1000, needed: needed * minute });
        if (verdict.verdict === 'open') return;
        fc.pre(verdict.opensAt !== null);
        const opens = Date.parse(verdict.opensAt);
        const then = (moment: number) => judgeCalendar(calendar, { now: moment, needed: needed * minute }).verdict;
        expect(opens).toBeGreaterThan(now * 1000);
        expect(then(opens)).toBe('open');
        expect(then(opens - 1)).toBe('closed');
      }),
      { numRuns: 60 },
    );
  });
});

describe('windows as people write them', () => {
  test.each([
    ['Mon', { days: [0], from: 0, until: 1440 }],
    ['Fri-Mon', { days: [4, 5, 6, 0], from: 0, until: 1440 }],
    ['Fri until 14:00', { days: [4], from: 0, until: 840 }],
    ['Sat from 09:00', { days: [5], from: 540, until: 1440 }],
    ['Mon-Fri 09:30-24:00', { days: [0, 1, 2, 3, 4], from: 570, until: 1440 }],
  ])('%s', (text, window) => expect(parseWindow(text)).toEqual({ window }));

  test.each([
    '',
    'mon',
    'Monday',
    'Mon - Thu',
    'Mon-Thu until',
    'Mon until 2pm',
    'Mon until 9:00',
    'Mon 24:00-24:00',
    'Mon 14:00-09:00',
    'Mon, Tue',
  ])('%p is none', (text) => expect(parseWindow(text)).toHaveProperty('advice'));

  test('the hour that comes twice is open until it first ends, the one that never comes not at all', () => {
    const some: CalendarWindow[] = [{ open: 'Sun 02:00-02:30', for: 'everyone' }];
    const on = (date: string) => {
      const from = Date.parse(`${date}T00:00+01:00`);
      return openings(some, berlin, { from, to: from + 20 * hour }, 'normal').map(({ from: a, to: b }) => [a, b]);
    };
    expect(on('2026-10-25')).toEqual([[Date.parse('2026-10-25T00:00Z'), Date.parse('2026-10-25T00:30Z')]]);
    expect(on('2026-03-29')).toEqual([]);
  });
});

const iso = (moment: number) => new Date(moment).toISOString();
const spans = (closures: readonly { from: number; to: number; why: string }[]) =>
  closures.map(({ from, to, why }) => [iso(from), iso(to), why]);

describe('freezes', () => {
  test('a dated one holds its last day whole, and the longer of two hours', () => {
    const freeze = { kind: 'dates' as const, reason: 'year end', from: '2026-12-23', to: '2027-01-02' };
    expect(spans(datedClosures(freeze, berlin, 'freezes[0]'))).toEqual([
      ['2026-12-22T23:00:00.000Z', '2027-01-02T23:00:00.000Z', 'year end (2026-12-23 to 2027-01-02)'],
    ]);
    const twice = { ...freeze, from: '2026-10-25 01:00', to: '2026-10-25 02:30' };
    expect(spans(datedClosures(twice, berlin, 'x'))[0]?.slice(0, 2)).toEqual([
      '2026-10-24T23:00:00.000Z',
      '2026-10-25T01:30:00.000Z',
    ]);
  });

  test('yearly ones come every year, also over its end', () => {
    const friday = { kind: 'days' as const, days: 'black-friday..cyber-monday', reason: '' };
    expect(spans(yearlyClosures(friday, berlin, span, 'x'))).toContainEqual([
      '2026-11-26T23:00:00.000Z',
      '2026-11-30T23:00:00.000Z',
      'black-friday..cyber-monday',
    ]);
    const end = { kind: 'days' as const, days: '12-24..01-01', reason: 'holidays' };
    expect(spans(yearlyClosures(end, 'UTC', span, 'x'))).toContainEqual([
      '2025-12-24T00:00:00.000Z',
      '2026-01-02T00:00:00.000Z',
      'holidays (12-24..01-01)',
    ]);
  });

  const germany: RegionHolidays = {
    region: 'DE',
    weekend: [5, 6],
    holidays: [
      { date: '2026-04-03', days: 1, name: 'Good Friday' },
      { date: '2026-04-06', days: 1, name: 'Easter Monday' },
    ],
  };

  test('of holidays: the day itself, and the last business day before', () => {
    const freeze = { kind: 'holidays' as const, regions: ['DE'], lastBusinessDayBefore: true, reason: '' };
    expect(spans(holidayClosures(freeze, [germany], berlin, 'x'))).toEqual([
      ['2026-04-01T22:00:00.000Z', '2026-04-02T22:00:00.000Z', 'last business day before Good Friday (DE)'],
      ['2026-04-02T22:00:00.000Z', '2026-04-03T22:00:00.000Z', 'Good Friday (DE)'],
      // Before Easter Monday are a weekend and Good Friday: its business day before is the same one.
      ['2026-04-05T22:00:00.000Z', '2026-04-06T22:00:00.000Z', 'Easter Monday (DE)'],
    ]);
    expect(holidayClosures({ ...freeze, lastBusinessDayBefore: false }, [germany], berlin, 'x')).toHaveLength(2);
  });
});
