import * as fc from 'fast-check';
import { dayOf, weekdayOf, yearlyDay, textOfDay } from '../../../release/calendar/days';
import { isZone, momentOf, wallTimeAt, zoned } from '../../../release/calendar/zone';

const wall = (date: string, time: string) => {
  const [hours, minutes] = time.split(':').map(Number);
  return { day: dayOf(date)!, minute: hours! * 60 + minutes! };
};
const at = (date: string, time: string, zone: string, which?: 'first' | 'last') =>
  new Date(momentOf(wall(date, time), zone, which)).toISOString();

describe('the clock of a zone', () => {
  test.each([
    ['2026-07-01', '14:00', 'Europe/Berlin', '2026-07-01T12:00:00.000Z'],
    ['2026-12-01', '14:00', 'Europe/Berlin', '2026-12-01T13:00:00.000Z'],
    ['2026-07-01', '14:00', 'America/New_York', '2026-07-01T18:00:00.000Z'],
    ['2026-07-01', '14:00', 'Asia/Kathmandu', '2026-07-01T08:15:00.000Z'],
    ['2026-07-01', '24:00', 'UTC', '2026-07-02T00:00:00.000Z'],
  ])('%s %s in %s is %s', (date, time, zone, moment) => expect(at(date, time, zone)).toBe(moment));

  test.each([
    ['Europe/Berlin', '2026-03-29', '02:30', '2026-03-29T01:00:00.000Z'],
    ['America/New_York', '2026-03-08', '02:30', '2026-03-08T07:00:00.000Z'],
    ['Australia/Lord_Howe', '2026-10-04', '02:15', '2026-10-03T15:30:00.000Z'],
    // At midnight: the day begins at one o'clock.
    ['Africa/Cairo', '2026-04-24', '00:00', '2026-04-23T22:00:00.000Z'],
    ['Pacific/Apia', '2011-12-30', '12:00', '2011-12-30T10:00:00.000Z'],
  ])('in %s the clock never shows %s %s: what is meant is the jump', (zone, date, time, jump) => {
    expect(at(date, time, zone)).toBe(jump);
    expect(at(date, time, zone, 'last')).toBe(jump);
  });

  test.each([
    ['Europe/Berlin', '2026-10-25', '02:30', '2026-10-25T00:30:00.000Z', '2026-10-25T01:30:00.000Z'],
    ['America/New_York', '2026-11-01', '01:30', '2026-11-01T05:30:00.000Z', '2026-11-01T06:30:00.000Z'],
  ])('in %s the clock shows %s %s twice', (zone, date, time, first, last) => {
    expect(at(date, time, zone)).toBe(first);
    expect(at(date, time, zone, 'last')).toBe(last);
  });

  const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Africa/Cairo', 'UTC'];

  test('what a clock shows at a moment is shown at that moment, or at the other one of the two', () => {
    const minutes = fc.integer({ min: Date.UTC(2020, 0) / 60_000, max: Date.UTC(2035, 0) / 60_000 });
    fc.assert(
      fc.property(fc.constantFrom(...zones), minutes, (zone, minute) => {
        const moment = minute * 60_000;
        const shown = wallTimeAt(moment, zone);
        expect([momentOf(shown, zone, 'first'), momentOf(shown, zone, 'last')]).toContain(moment);
      }),
    );
  });

  test('zones are names with rules', () => {
    expect(['Europe/Berlin', 'UTC', 'America/Argentina/Ushuaia'].every(isZone)).toBe(true);
    expect(['', '+02:00', 'Berlin', 'Europe/Berln', ' UTC'].some(isZone)).toBe(false);
    expect(zoned(Date.UTC(2026, 10, 23, 6, 30), 'Europe/Berlin')).toBe('Mon 2026-11-23 07:30');
  });
});

describe('days', () => {
  test('are those that there are', () => {
    expect(dayOf('1970-01-01')).toBe(0);
    expect(dayOf('2024-02-29')).toBeDefined();
    expect(['2026-02-29', '2026-02-30', '2026-13-01', '2026-1-1', '26-01-01', '2026-01-01 '].map(dayOf)).toEqual(
      Array(6).fill(undefined),
    );
    expect(weekdayOf(dayOf('2026-11-21')!)).toBe(5);
    expect(weekdayOf(-1)).toBe(2);
  });

  test.each([
    [2024, '2024-11-29', '2024-12-02'],
    [2026, '2026-11-27', '2026-11-30'],
    [2028, '2028-11-24', '2028-11-27'],
  ])('Black Friday of %i is %s, Cyber Monday %s', (year, friday, monday) => {
    expect(textOfDay(yearlyDay('black-friday', year))).toBe(friday);
    expect(textOfDay(yearlyDay('cyber-monday', year))).toBe(monday);
  });
});
