import { areFreezes, parseFreeze, parseUnfreeze } from '../../../release/calendar/announced';
import { absentPeople } from '../../../release/calendar/absences';

const now = Date.parse('2026-11-21T10:00Z');
const sound = { by: 'ada', reason: 'incident 42', for: '2h' };

describe('an announced freeze', () => {
  test('begins now, or when it says, and ends when it says', () => {
    expect(parseFreeze(sound, now)).toEqual({
      order: {
        by: 'ada',
        reason: 'incident 42',
        request: '',
        from: '2026-11-21T10:00:00.000Z',
        until: '2026-11-21T12:00:00.000Z',
      },
    });
    const later = {
      by: 'ada',
      reason: 'move',
      from: '2026-11-22T10:00+01:00',
      until: '2026-11-22T12:00+01:00',
      id: 'x',
    };
    expect(parseFreeze(later, now)).toMatchObject({
      order: { request: 'x', from: '2026-11-22T09:00:00.000Z', until: '2026-11-22T11:00:00.000Z' },
    });
  });

  test.each([
    [null, /needs an object/],
    ['2h', /needs an object/],
    [[sound], /needs an object/],
    [{}, /"by" is missing.*"reason" is missing.*either "until" or "for"/],
    [{ ...sound, reason: ' ' }, /"reason" is missing/],
    [{ ...sound, reason: 'x'.repeat(501) }, /"reason" must be text of at most 500/],
    [{ ...sound, by: 7 }, /"by" must be text/],
    [{ ...sound, until: '2026-11-21T12:00Z' }, /either "until" or "for"/],
    [{ ...sound, for: '0s' }, /"for" must be a length of time/],
    [{ ...sound, for: 2 }, /"for" must be a length of time/],
    [{ ...sound, for: '365d', from: '2027-11-01T00:00Z' }, /beyond a year/],
    [{ by: 'ada', reason: 'x', until: '2026-11-21 12:00' }, /"until" must be a moment/],
    [{ by: 'ada', reason: 'x', until: '2026-02-30T12:00Z' }, /"until" must be a moment/],
    [{ by: 'ada', reason: 'x', until: '2026-11-21T09:00Z' }, /its end is past|ends before it begins/],
    [{ ...sound, from: '2026-11-22T10:00Z', for: undefined, until: '2026-11-22T09:00Z' }, /ends before it begins/],
    [{ ...sound, forever: true }, /"forever" is not a field/],
  ])('%p is refused with what is wrong', (payload, problem) => {
    const read = parseFreeze(payload, now);
    expect('problem' in read && read.problem).toMatch(problem);
  });

  test('ends early with a reason only', () => {
    expect(parseUnfreeze({ id: 'f1', by: 'ada', reason: 'over' })).toHaveProperty('order.id', 'f1');
    expect(parseUnfreeze({ id: 'f1', by: 'ada' })).toEqual({ problem: '"reason" is missing' });
    expect(parseUnfreeze('f1')).toHaveProperty('problem');
  });

  test('lists from anybody are looked at', () => {
    const one = { id: 'f1', from: '2026-11-21T10:00Z', until: '2026-11-21T12:00Z', reason: 'x', by: 'ada' };
    expect(areFreezes([])).toBe(true);
    expect(areFreezes([one])).toBe(true);
    expect([null, {}, [null], [{ ...one, until: 'soon' }], Array(51).fill(one)].some(areFreezes)).toBe(false);
  });
});

describe('whose absence it is', () => {
  const project = {
    people: {
      ada: { name: 'ada', emails: ['ada@shop.example'], keys: [], bot: false },
      grace: { name: 'grace', emails: ['grace@shop.example'], keys: [], bot: false },
      linus: { name: 'linus', emails: ['linus@shop.example'], keys: [], bot: false },
    },
  };
  const event = { summary: 'away', attendees: [], organizer: '' };
  const needs = ['ada', 'grace'];

  test.each([
    [{ ...event, summary: 'Ada: holiday' }, ['ada']],
    [{ ...event, summary: 'ADA & Grace at a conference' }, ['ada', 'grace']],
    [{ ...event, summary: 'Adalbert away' }, []],
    [{ ...event, attendees: ['grace@shop.example'] }, ['grace']],
    [{ ...event, organizer: 'ada@shop.example' }, ['ada']],
    // Entered by ada for somebody else.
    [{ ...event, summary: 'Linus away', organizer: 'ada@shop.example' }, []],
    [{ ...event, attendees: ['linus@shop.example'], organizer: 'ada@shop.example' }, []],
    [event, []],
  ])('%p: %p', (said, people) => expect(absentPeople(said, needs, project)).toEqual(people));

  test('without people in the file a name, or an e-mail, stands for itself', () => {
    expect(absentPeople({ ...event, summary: 'ada' }, ['ada'], {})).toEqual(['ada']);
    expect(absentPeople({ ...event, attendees: ['ada@x.example'] }, ['ada@x.example'], {})).toEqual(['ada@x.example']);
  });
});
