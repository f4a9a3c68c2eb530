import * as fc from 'fast-check';
import { durationPattern, formatDuration, longestDuration, parseDuration } from '../../release/durations';

describe('parsing durations', () => {
  test.each([
    ['0', 0],
    ['0s', 0],
    ['500ms', 500],
    ['90s', 90_000],
    ['5m', 300_000],
    ['24h', 86_400_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['1m1ms', 60_001],
    ['1d1h1m1s1ms', 90_061_001],
    ['365d', longestDuration],
  ])('%s is %i ms', (text, ms) => {
    expect(parseDuration(text)).toEqual({ ok: true, ms });
  });

  test.each([
    ['5', 'Write a unit: 5s or 5m, for example.'],
    ['500', 'Write a unit: 500ms or 500s, for example.'],
    ['1.5h', 'Write whole numbers: 1h30m, not 1.5h.'],
    ['1,5h', 'Write whole numbers: 1h30m, not 1.5h.'],
    ['366d', 'The longest that Slipway waits is 365d.'],
    ['999999999999999999999s', 'The longest that Slipway waits is 365d.'],
    ...['', ' ', '5 m', '-5m', '+5m', 'm', '5M', '5min', '30m1h', '1h1h', '00', '1e3s', '5m\n', 'PT5M', '٥m'].map(
      (text): [string, string] => [text, 'Write a length of time such as 500ms, 90s, 5m, 24h or 1h30m.'],
    ),
  ])('%j is refused with advice', (text, advice) => {
    expect(parseDuration(text)).toEqual({ ok: false, advice });
  });

  test('whatever it takes fits the pattern that editors check by', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[0-9dhms]{0,8}$/));
    fc.assert(
      fc.property(text, (written) => {
        if (parseDuration(written).ok) expect(written).toMatch(new RegExp(durationPattern));
      }),
    );
  });
});

describe('formatting durations', () => {
  test.each([
    [0, '0s'],
    [0.4, '0s'],
    [1.6, '2ms'],
    [60_000, '1m'],
    [90_000, '1m30s'],
    [86_400_000, '24h'],
    [172_800_000, '2d'],
    [90_000_000_000, '1041d16h'],
    [-90_000, '-1m30s'],
  ])('%d ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test('what is formatted is parsed to the same length', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: longestDuration }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toEqual({ ok: true, ms });
      }),
    );
  });
});
