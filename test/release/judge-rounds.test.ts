import * as fc from 'fast-check';
import type { CheckResult } from '../../release/check-result';
import { judgeRounds, nothingWatched, readWatchTally, tallyRound } from '../../release/judge-rounds';
import type { Verdict } from '../../release/verdict';

const result = (verdict: Verdict): CheckResult => ({ name: 'health', verdict, detail: '', tries: 1, at: '' });

/** Watches these rounds, one each millisecond, until there is a verdict. */
function play(verdicts: readonly Verdict[], rule: { window: number; patience: number }) {
  let tally = nothingWatched;
  for (const [index, verdict] of verdicts.entries()) {
    tally = tallyRound(tally, [result(verdict)], index);
    const judged = judgeRounds(tally, rule);
    if (judged) return { judged, rounds: tally.rounds };
  }
  return { judged: undefined, rounds: tally.rounds };
}

const anyVerdict = fc.constantFrom<Verdict>('passed', 'failed', 'unknown');
const anyRounds = fc.array(anyVerdict, { minLength: 1, maxLength: 20 });
const anyRule = fc.record({ window: fc.nat(15), patience: fc.integer({ min: 1, max: 5 }) });

test('there is no verdict before the first round', () => {
  expect(judgeRounds(nothingWatched, { window: 0, patience: 1 })).toBeUndefined();
});

test('a wrong answer always ends it, in the very round', () => {
  fc.assert(
    fc.property(anyRounds, anyRule, (rounds, rule) => {
      const { judged, rounds: watched } = play(rounds, rule);
      expect(judged === 'failed').toBe(rounds[watched - 1] === 'failed');
      expect(rounds.slice(0, watched - 1)).not.toContain('failed');
    }),
  );
});

test('it passes only at the end of the window, and only on an answer', () => {
  fc.assert(
    fc.property(anyRounds, anyRule, (rounds, rule) => {
      const { judged, rounds: watched } = play(rounds, rule);
      if (judged !== 'passed') return;
      expect(watched - 1).toBeGreaterThanOrEqual(rule.window);
      expect(rounds[watched - 1]).toBe('passed');
    }),
  );
});

test('silence shorter than the patience never ends it, and as long as the patience always does', () => {
  fc.assert(
    fc.property(fc.nat(10), fc.integer({ min: 1, max: 5 }), (before, patience) => {
      const start = Array.from({ length: before }, (): Verdict => 'passed');
      const silence = Array.from({ length: patience }, (): Verdict => 'unknown');
      expect(play([...start, ...silence.slice(1)], { window: 100, patience }).judged).toBeUndefined();
      expect(play([...start, ...silence], { window: 100, patience })).toEqual({
        judged: 'unknown',
        rounds: before + patience,
      });
    }),
  );
});

test('a window of 0 is one round, whatever it says', () => {
  fc.assert(
    fc.property(anyRounds, fc.integer({ min: 1, max: 5 }), (rounds, patience) => {
      expect(play(rounds, { window: 0, patience })).toEqual({ judged: rounds[0], rounds: 1 });
    }),
  );
});

test('one check that fails makes the round fail, and a tally survives being written down', () => {
  const tally = tallyRound(nothingWatched, [result('unknown'), result('failed'), result('passed')], 5);
  expect(judgeRounds(tally, { window: 10, patience: 3 })).toBe('failed');
  expect(readWatchTally(JSON.parse(JSON.stringify(tally)))).toEqual(tally);
  expect(readWatchTally({ rounds: -1, elapsed: 0, unanswered: 0, last: [] })).toBeUndefined();
});
