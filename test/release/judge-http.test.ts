import * as fc from 'fast-check';
import { judgeHttp, type HttpExpectation, type JudgedAnswer } from '../../release/judge-http';

const same = (text: string) => text;
const answer = (more: Partial<JudgedAnswer> = {}): JudgedAnswer => ({
  status: 200,
  text: '',
  latency: 10,
  truncated: false,
  ...more,
});
const expecting = (more: Partial<HttpExpectation> = {}): HttpExpectation => ({ status: 200, json: {}, ...more });

test.each<[string, Partial<HttpExpectation>, Partial<JudgedAnswer>, string, string]>([
  ['the status alone', {}, {}, 'passed', 'status 200 in 10 ms'],
  ['another status', {}, { status: 500 }, 'failed', 'status 500, expected 200'],
  ['another status with a body', {}, { status: 500, text: 'boom\n' }, 'failed', 'status 500, expected 200: "boom\\n"'],
  ['text', { contains: 'a' }, { text: 'cat' }, 'passed', 'status 200 in 10 ms'],
  ['text that is not there', { contains: 'a' }, { text: 'dog' }, 'failed', 'the body lacks "a"'],
  [
    'text that may come later',
    { contains: 'a' },
    { text: 'dog', truncated: true },
    'unknown',
    'the body is too long to be read whole',
  ],
  [
    'text in the part that was read',
    { contains: 'a' },
    { text: 'cat', truncated: true },
    'passed',
    'status 200 in 10 ms',
  ],
  [
    'JSON that was not read whole',
    { json: { a: 1 } },
    { text: '{"a":1', truncated: true },
    'unknown',
    'the body is too long to be read whole',
  ],
  ['a number', { json: { a: 1 } }, { text: '{"a":1}' }, 'passed', 'status 200 in 10 ms'],
  ['text where a number is expected', { json: { a: 1 } }, { text: '{"a":"1"}' }, 'failed', 'a is "1", expected 1'],
  ['null', { json: { a: null } }, { text: '{"a":null}' }, 'passed', 'status 200 in 10 ms'],
  ['nothing where null is expected', { json: { a: null } }, { text: '{}' }, 'failed', 'a is missing, expected null'],
  ['an empty body', { json: { a: 1 } }, {}, 'failed', 'the body is not JSON'],
  ['the very limit', { within: 10 }, {}, 'passed', 'status 200 in 10 ms'],
  ['more than the limit', { within: 9 }, {}, 'failed', 'took 10 ms, allowed are 9 ms'],
  ['two wrong things', { contains: 'a', within: 1 }, {}, 'failed', 'the body lacks "a"; took 10 ms, allowed are 1 ms'],
  [
    'a wrong and an unread thing',
    { contains: 'a', status: 201 },
    { truncated: true },
    'failed',
    'status 200, expected 201',
  ],
])('%s', (_, expected, given, verdict, detail) => {
  expect(judgeHttp(expecting(expected), answer(given), same)).toEqual({ verdict, detail });
});

const anyAnswer = fc.record({
  status: fc.integer({ min: 100, max: 599 }),
  text: fc.string(),
  latency: fc.nat(),
  truncated: fc.boolean(),
});
const anyExpectation: fc.Arbitrary<HttpExpectation> = fc.record(
  {
    status: fc.integer({ min: 100, max: 599 }),
    contains: fc.string(),
    json: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null))),
    within: fc.nat(),
  },
  { requiredKeys: ['status', 'json'] },
);

test('never throws, and always says something', () => {
  fc.assert(
    fc.property(anyExpectation, anyAnswer, (expected, given) => {
      const { verdict, detail } = judgeHttp(expected, given, same);
      expect(['passed', 'failed', 'unknown']).toContain(verdict);
      expect(detail).not.toBe('');
    }),
  );
});

test('an answer made as expected passes, and no longer does when one thing of it is changed', () => {
  const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
  fc.assert(
    fc.property(
      fc.integer({ min: 200, max: 500 }),
      fc.stringMatching(/^[a-z]{1,10}$/),
      value,
      fc.nat(),
      (status, key, wanted, within) => {
        const text = JSON.stringify({ [key]: wanted });
        const expected = { status, contains: text, json: { [key]: wanted }, within };
        const good = { status, text, latency: within, truncated: false };
        expect(judgeHttp(expected, good, same).verdict).toBe('passed');
        for (const changed of [{ status: status + 1 }, { text: '{}' }, { latency: within + 1 }]) {
          expect(judgeHttp(expected, { ...good, ...changed }, same).verdict).toBe('failed');
        }
      },
    ),
  );
});

test('an answer of which only the beginning was read is never failed for what may still come', () => {
  fc.assert(
    fc.property(anyExpectation, anyAnswer, (expected, given) => {
      const { status, latency } = given;
      const bare = { status, json: {}, ...(expected.within === undefined ? {} : { within: expected.within }) };
      const whole = judgeHttp({ ...expected, status }, { ...given, truncated: true }, same);
      if (judgeHttp(bare, answer({ status, latency }), same).verdict === 'passed')
        expect(whole.verdict).not.toBe('failed');
    }),
  );
});
