import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCalendarActivities } from '../../../activities/calendar';
import { holidaysOf } from '../../../activities/calendar/holidays';
import type { JudgeCalendarInput } from '../../../activities/contract';
import type { CalendarRules, PlannedFreeze } from '../../../release/calendar/rules';
import { anAttempt, someSurroundings } from '../../support/attempts';
import { anEnvironment } from '../../support/builders';

const day = 86_400_000;
let server: Server;
let answer: { status: number; body: string };
let url: string;
const folder = mkdtempSync(join(tmpdir(), 'slipway-calendar-'));

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url !== '/s3cret/absences.ics') return void response.writeHead(404).end();
    response.writeHead(answer.status).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/s3cret/absences.ics`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

const today = () => new Date().toISOString().slice(0, 10).replaceAll('-', '');
const later = (days: number) => new Date(Date.now() + days * day).toISOString().slice(0, 10).replaceAll('-', '');
const absence = (summary: string) =>
  [
    'BEGIN:VCALENDAR',
    'BEGIN:VEVENT',
    'UID:1',
    `DTSTART;VALUE=DATE:${today()}`,
    `DTEND;VALUE=DATE:${later(2)}`,
    `SUMMARY:${summary}`,
    'END:VEVENT',
    'END:VCALENDAR',
  ].join('\r\n');

function judge(freezes: readonly PlannedFreeze[], change: Partial<JudgeCalendarInput> = {}) {
  const rules: CalendarRules = { zone: 'UTC', windows: [], freezes, allowance: 0, patience: day };
  const input: JudgeCalendarInput = {
    rules,
    people: { people: { ada: { name: 'ada', emails: ['ada@shop.example'], keys: [], bot: false } } },
    announced: [],
    notBefore: null,
    kind: 'normal',
    needed: 0,
    ...change,
  };
  const surroundings = someSurroundings({ ABSENCES: url });
  return createCalendarActivities(surroundings).judgeCalendar(input, anAttempt());
}

const absences: PlannedFreeze = { kind: 'ical', ical: '${env:ABSENCES}', needs: ['ada'], reason: '' };

describe('the calendar of an environment', () => {
  test('is closed while somebody who is needed is away, without telling why they are', async () => {
    answer = { status: 200, body: absence('Ada: knee surgery') };
    const verdict = await judge([absences]);
    expect(verdict).toMatchObject({ verdict: 'closed', closedBy: [{ rule: 'freezes[0]', why: 'ada away' }] });
    expect(JSON.stringify(verdict)).not.toContain('surgery');
    answer = { status: 200, body: absence('Grace: holiday') };
    expect(await judge([absences])).toMatchObject({ verdict: 'open' });
  });

  test.each([
    [500, 'oops', /its server answered 500/],
    [404, '', /its server answered 404/],
    [200, '<html>Please log in</html>', /what is there is no iCalendar file/],
    [
      200,
      'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;TZID=Nowhere:20261101T000000\r\nEND:VEVENT\r\nEND:VCALENDAR',
      /Nowhere/,
    ],
  ])('could not be told if the answer is %i %s', async (status, body, why) => {
    answer = { status, body };
    const verdict = await judge([absences]);
    expect(verdict.verdict).toBe('unknown');
    expect(verdict.detail).toMatch(why);
    // The address is a secret, and stays the reference that was written.
    expect(verdict.detail).toContain('${env:ABSENCES}');
    expect(JSON.stringify(verdict)).not.toContain('s3cret');
  });

  test('could not be told either if a server, a file or a variable is missing, and is closed if something else closes it', async () => {
    const missing = (ical: string): PlannedFreeze => ({ kind: 'ical', ical, needs: [], reason: '' });
    for (const ical of ['http://127.0.0.1:1/a.ics', join(folder, 'none.ics'), '${env:NOT_SET}']) {
      expect(await judge([missing(ical)])).toMatchObject({ verdict: 'unknown' });
    }
    const until = new Date(Date.now() + day).toISOString();
    const frozen = { id: 'f1', from: new Date(0).toISOString(), until, reason: 'x', by: 'ada', announcedAt: until };
    const both = await judge([missing(join(folder, 'none.ics'))], { announced: [frozen] });
    expect(both).toMatchObject({ verdict: 'closed', opensAt: until, closedBy: [{ rule: 'freeze f1' }] });
  });

  test('is closed by the events of a file, and before the time that was asked for', async () => {
    const path = join(folder, 'freezes.ics');
    writeFileSync(path, absence('Company meeting'));
    expect(await judge([{ kind: 'ical', ical: path, needs: [], reason: '' }])).toMatchObject({
      verdict: 'closed',
      closedBy: [{ why: 'Company meeting' }],
    });
    const notBefore = new Date(Date.now() + day).toISOString();
    expect(await judge([], { notBefore })).toMatchObject({ verdict: 'closed', opensAt: notBefore });
    expect(await judge([])).toMatchObject({ verdict: 'open', closesAt: null });
  });

  test('is shown day by day, with why it is closed', async () => {
    const windows = [
      { open: 'Mon-Thu', for: 'everyone' as const },
      { open: 'Fri until 14:00', for: 'everyone' as const },
    ];
    const freezes: PlannedFreeze[] = [
      { kind: 'holidays', regions: ['DE-BE'], lastBusinessDayBefore: true, reason: '' },
      { kind: 'days', days: 'black-friday..cyber-monday', reason: '' },
    ];
    const rules: CalendarRules = { zone: 'Europe/Berlin', windows, freezes, allowance: 0, patience: day };
    const environment = anEnvironment({ calendar: rules });
    const input = { rules, people: {}, announced: [], environment, weeks: 6, at: '2026-11-20T09:00:00Z' };
    const view = await createCalendarActivities(someSurroundings({})).showCalendar(input, anAttempt());
    const on = (date: string) => view.days.find((one) => one.date === date);
    expect(view.days).toHaveLength(42);
    expect(view.verdict).toMatchObject({ verdict: 'open', closesAt: '2026-11-20T13:00:00.000Z' });
    expect(on('2026-11-20')).toMatchObject({ open: [{ from: 0, until: 840 }], why: [] });
    expect(on('2026-11-27')).toMatchObject({ open: [], why: ['black-friday..cyber-monday [freezes[1]]'] });
    expect(on('2026-12-24')?.why).toEqual(['last business day before Christmas Day (DE-BE) [freezes[0]]']);
    expect(on('2026-12-25')?.why[0]).toMatch(/^Christmas Day \(DE-BE\)/);
    expect(on('2026-12-28')).toMatchObject({ open: [{ from: 0, until: 1440 }] });
  });
});

describe('public holidays', () => {
  test('are those of the country and the region, with its own weekend', async () => {
    const names = async (region: string) => (await holidaysOf(region, { from: 2026, to: 2026 })).holidays;
    expect(await names('DE-BE')).toContainEqual({ date: '2026-03-08', days: 1, name: "International Women's Day" });
    expect((await names('DE')).map(({ date }) => date)).not.toContain('2026-03-08');
    expect(await names('SA')).toContainEqual(expect.objectContaining({ days: 4 }));
    expect((await holidaysOf('IL', { from: 2026, to: 2026 })).weekend).toEqual([4, 5]);
    await expect(names('XX')).rejects.toThrow('no holidays of XX are known');
  });
});
