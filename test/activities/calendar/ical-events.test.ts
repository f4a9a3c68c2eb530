import { icalEvents } from '../../../activities/calendar/ical-events';

const span = { from: Date.parse('2026-10-20T00:00Z'), to: Date.parse('2026-12-31T00:00Z') };
const file = (...events: string[]) =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//EN', ...events, 'END:VCALENDAR'].join('\r\n');
const event = (...lines: string[]) =>
  ['BEGIN:VEVENT', 'UID:one', 'DTSTAMP:20260101T000000Z', ...lines, 'END:VEVENT'].join('\r\n');
const found = (text: string, zone = 'Europe/Berlin') =>
  icalEvents(text, zone, span)
    .map(({ from, to, summary }) => [new Date(from).toISOString(), new Date(to).toISOString(), summary])
    .sort();

describe('events of an iCalendar file', () => {
  test('whole days are those of the environment, and the last one is not in it', () => {
    const text = file(event('SUMMARY:Freeze', 'DTSTART;VALUE=DATE:20261125', 'DTEND;VALUE=DATE:20261127'));
    expect(found(text)).toEqual([['2026-11-24T23:00:00.000Z', '2026-11-26T23:00:00.000Z', 'Freeze']]);
    const oneDay = file(event('SUMMARY:Freeze', 'DTSTART;VALUE=DATE:20261125'));
    expect(found(oneDay, 'America/New_York')).toEqual([
      ['2026-11-25T05:00:00.000Z', '2026-11-26T05:00:00.000Z', 'Freeze'],
    ]);
  });

  test('times are in UTC, in a zone of their own, or in the one of the environment', () => {
    expect(found(file(event('SUMMARY:a', 'DTSTART:20261125T100000Z', 'DURATION:PT90M')))).toEqual([
      ['2026-11-25T10:00:00.000Z', '2026-11-25T11:30:00.000Z', 'a'],
    ]);
    const newYork = event(
      'SUMMARY:a',
      'DTSTART;TZID=America/New_York:20261125T100000',
      'DTEND;TZID=America/New_York:20261125T110000',
    );
    expect(found(file(newYork))).toEqual([['2026-11-25T15:00:00.000Z', '2026-11-25T16:00:00.000Z', 'a']]);
    expect(found(file(event('SUMMARY:a', 'DTSTART:20261125T100000', 'DTEND:20261125T110000')))).toEqual([
      ['2026-11-25T09:00:00.000Z', '2026-11-25T10:00:00.000Z', 'a'],
    ]);
  });

  test('a zone that only the file describes is read there; one that nobody describes is an error', () => {
    const described = [
      'BEGIN:VTIMEZONE',
      'TZID:Shop Time',
      'BEGIN:STANDARD',
      'DTSTART:19700101T000000',
      'TZOFFSETFROM:+0530',
      'TZOFFSETTO:+0530',
      'END:STANDARD',
      'END:VTIMEZONE',
    ].join('\r\n');
    const own = event('SUMMARY:a', 'DTSTART;TZID=Shop Time:20261125T100000', 'DTEND;TZID=Shop Time:20261125T110000');
    expect(found(file(described, own))).toEqual([['2026-11-25T04:30:00.000Z', '2026-11-25T05:30:00.000Z', 'a']]);
    expect(() => found(file(own))).toThrow('it names the time zone "Shop Time", which nobody knows');
  });

  test('recurring ones come with their exceptions, at the same time of day when the clock has changed', () => {
    const weekly = event(
      'SUMMARY:Load test',
      'DTSTART;TZID=Europe/Berlin:20260901T220000',
      'DTEND;TZID=Europe/Berlin:20260901T230000',
      'RRULE:FREQ=WEEKLY;UNTIL=20261118T000000Z',
      'EXDATE;TZID=Europe/Berlin:20261103T220000',
    );
    const moved = event(
      'SUMMARY:Load test, moved',
      'RECURRENCE-ID;TZID=Europe/Berlin:20261110T220000',
      'DTSTART;TZID=Europe/Berlin:20261111T080000',
      'DTEND;TZID=Europe/Berlin:20261111T090000',
    );
    expect(found(file(weekly, moved))).toEqual([
      ['2026-10-20T20:00:00.000Z', '2026-10-20T21:00:00.000Z', 'Load test'],
      ['2026-10-27T21:00:00.000Z', '2026-10-27T22:00:00.000Z', 'Load test'],
      ['2026-11-11T07:00:00.000Z', '2026-11-11T08:00:00.000Z', 'Load test, moved'],
      ['2026-11-17T21:00:00.000Z', '2026-11-17T22:00:00.000Z', 'Load test'],
    ]);
  });

  test('cancelled ones do not count, nor do those who have declined', () => {
    expect(found(file(event('STATUS:CANCELLED', 'DTSTART;VALUE=DATE:20261125')))).toEqual([]);
    const meeting = event(
      'DTSTART;VALUE=DATE:20261125',
      'ORGANIZER;CN=Linus:mailto:Linus@shop.example',
      'ATTENDEE;PARTSTAT=ACCEPTED:mailto:ada@shop.example',
      'ATTENDEE;PARTSTAT=DECLINED:mailto:grace@shop.example',
    );
    expect(icalEvents(file(meeting), 'UTC', span)).toMatchObject([
      { attendees: ['ada@shop.example'], organizer: 'linus@shop.example', summary: '' },
    ]);
  });

  test('what is no calendar, or never ends to be counted, is an error', () => {
    expect(() => found('<html>Please log in</html>')).toThrow();
    expect(() => found(file('BEGIN:VEVENT', 'DTSTART:2026'))).toThrow();
    const seconds = event('DTSTART:20000101T000000Z', 'DURATION:PT1S', 'RRULE:FREQ=SECONDLY');
    expect(() => found(file(seconds))).toThrow('recurs more than 20000 times');
  });
});
