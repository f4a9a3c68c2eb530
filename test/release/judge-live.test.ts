import * as fc from 'fast-check';
import { isIdentity, judgeLive, noReadings, tallyReading, type LiveReading } from '../../release/judge-live';

const commit = '0123456789abcdef0123456789abcdef01234567';
const expected = { commit, version: '1.2.0' };

test.each([
  [commit, true],
  [commit.slice(0, 7), true],
  [commit.slice(0, 12).toUpperCase(), true],
  [` ${commit}\n`, true],
  [commit.slice(0, 6), false],
  [`${commit.slice(0, 7)}f`, false],
  [commit.slice(1), false],
  ['', false],
  ['unknown', false],
  ['1.2.0', false],
])('%j names the commit: %s', (value, is) => {
  expect(isIdentity(value, expected, 'commit')).toBe(is);
});

test('a shortened commit that is expected is named by the whole one', () => {
  expect(isIdentity(commit, { commit: commit.slice(0, 7), version: '' }, 'commit')).toBe(true);
  expect(isIdentity(commit, { commit: commit.slice(0, 6), version: '' }, 'commit')).toBe(false);
  expect(isIdentity(commit, { commit: '', version: '' }, 'commit')).toBe(false);
});

test.each([
  ['1.2.0', '1.2.0', true],
  ['v1.2.0', '1.2.0', true],
  ['1.2.0', 'V1.2.0', true],
  ['417', '417', true],
  ['1.2.0-rc.1', '1.2.0', false],
  ['1.2', '1.2.0', false],
  ['11.2.0', '1.2.0', false],
  ['vega', 'ega', false],
])('version %s is %s: %s', (value, version, is) => {
  expect(isIdentity(value, { commit, version }, 'version')).toBe(is);
});

const right: LiveReading = { state: 'value', value: '1.2.0' };
const old: LiveReading = { state: 'value', value: '1.1.0' };
const nothing: LiveReading = { state: 'nothing', detail: 'status 404' };
const silence: LiveReading = { state: 'unknown', detail: 'no answer' };

const tallyOf = (readings: readonly LiveReading[]) =>
  readings.reduce((tally, reading) => tallyReading(tally, reading, expected, 'version'), noReadings);

test('nothing was proven before the first reading', () => {
  expect(judgeLive(noReadings, 0, false)).toBeUndefined();
  expect(judgeLive(noReadings, 1, true)).toBe('unknown');
});

const anyReadings = fc.array(fc.constantFrom(right, old, nothing, silence), { minLength: 1, maxLength: 12 });

test('it passes exactly when the last k readings are all right', () => {
  fc.assert(
    fc.property(anyReadings, fc.integer({ min: 1, max: 4 }), (readings, needed) => {
      const last = readings.slice(-needed);
      const proven = last.length === needed && last.every((reading) => reading === right);
      expect(judgeLive(tallyOf(readings), needed, false)).toBe(proven ? 'passed' : undefined);
    }),
  );
});

test('when time is over, another answer is a failure and pure silence is none', () => {
  fc.assert(
    fc.property(anyReadings, (readings) => {
      const sawOther = readings.includes(old) || readings.includes(nothing);
      expect(judgeLive(tallyOf(readings), 100, true)).toBe(sawOther ? 'failed' : 'unknown');
    }),
  );
});

test('the last reading is told', () => {
  expect(tallyOf([old]).detail).toBe('1.1.0 is live, expected 1.2.0');
  expect(tallyOf([right]).detail).toBe('1.2.0 seen once');
  expect(tallyOf([right, right]).detail).toBe('1.2.0 seen 2 times in a row');
  expect(tallyOf([right, nothing]).detail).toBe('status 404');
  expect(tallyReading(noReadings, old, expected, 'commit').detail).toBe('1.1.0 is live, expected 0123456789');
});
