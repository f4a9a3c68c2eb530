import { judgeSeen, seenAfter, type SeenCandidate, type SeenPeriod } from '../../release/seen-commits';
import type { ServiceSight } from '../../release/sighting';
import type { Verdict } from '../../release/verdict';

const minute = 60_000;
const every = 5 * minute;
const at = (minutes: number) => new Date(Date.parse('2026-03-01T10:00:00.000Z') + minutes * minute).toISOString();
const [a, b] = ['a'.repeat(40), 'b'.repeat(40)];

type Seen = readonly [minutes: number, commit: string | null, health?: Verdict];

function sight([, commit, health = 'passed']: Seen): Pick<ServiceSight, 'runs' | 'health'> {
  const runs = commit === null ? null : { version: commit.slice(0, 3), commit };
  return { runs, health: { verdict: health, detail: '' } };
}

const seen = (...looks: readonly Seen[]) =>
  looks.reduce<readonly SeenPeriod[]>((known, look) => seenAfter(known, sight(look), { at: at(look[0]), every }), []);

describe('what was seen', () => {
  test('lasts from the first look to the last', () => {
    expect(seen([0, a], [5, a], [10, a])).toEqual([{ commit: a, version: 'aaa', from: at(0), until: at(10) }]);
  });

  test('begins anew with another commit, or after a break in which nobody looked', () => {
    expect(seen([0, a], [5, b], [10, a]).map(({ commit }) => commit)).toEqual([a, b, a]);
    expect(seen([0, a], [15, a])).toHaveLength(1);
    expect(seen([0, a], [16, a])).toHaveLength(2);
  });

  test('is over when it ails, also where the next look finds it well', () => {
    expect(seen([0, a], [5, a, 'failed'], [10, a])).toEqual([
      expect.objectContaining({ from: at(0), until: at(0), isOver: true }),
      expect.objectContaining({ from: at(10), until: at(10) }),
    ]);
  });

  test('is neither longer nor over by a look without an answer', () => {
    expect(seen([0, a], [5, null, 'unknown'], [10, a])).toEqual([
      expect.objectContaining({ from: at(0), until: at(10) }),
    ]);
    expect(seen([0, a], [5, a, 'unknown'])).toEqual([expect.objectContaining({ until: at(0) })]);
  });

  test('of weeks is bounded', () => {
    const looks = Array.from({ length: 500 }, (_, n): Seen => [n * 5, n % 2 ? a : b]);
    expect(seen(...looks)).toHaveLength(60);
  });
});

describe('a commit that must have been live and healthy for 30 minutes', () => {
  const period = (from: number, until: number, contains: boolean | undefined, over = false): SeenCandidate => ({
    commit: contains ? a : b,
    version: '',
    from: at(from),
    until: at(until),
    contains,
    ...(over && { isOver: true }),
  });
  const judge = (...candidates: SeenCandidate[]) =>
    judgeSeen(candidates, { commit: a, needed: 30 * minute, every, place: 'dev' });

  test('has been, at exactly 30 minutes', () => {
    expect(judge(period(0, 30, true))).toMatchObject({ verdict: 'passed', evidence: [{ at: at(0) }] });
  });

  test('is waited for while a second is missing', () => {
    const nearly = { ...period(0, 30, true), until: new Date(Date.parse(at(30)) - 1_000).toISOString() };
    expect(judge(nearly)).toMatchObject({ verdict: 'failed', missing: 1_000 });
  });

  test('has been, though something else runs there now', () => {
    expect(judge(period(0, 30, true), period(35, 40, false))).toMatchObject({ verdict: 'passed' });
  });

  test('has been in commits that contain it, one after the other without a break', () => {
    expect(judge(period(0, 15, true), period(20, 30, true))).toMatchObject({ verdict: 'passed' });
    expect(judge(period(0, 15, true), period(31, 45, true))).toMatchObject({ verdict: 'failed', missing: 16 * minute });
    expect(judge(period(0, 15, true), period(16, 16, false), period(17, 30, true)).verdict).toBe('failed');
  });

  test('has not been where it ailed between', () => {
    expect(judge(period(0, 15, true, true), period(20, 35, true))).toMatchObject({ missing: 15 * minute });
  });

  test('was there too short, and is no more: nothing is waited for', () => {
    const short = judge(period(0, 20, true), period(25, 90, false));
    expect(short.verdict).toBe('failed');
    expect(short.missing).toBeUndefined();
    expect(short.detail).toContain('it was there for 20m, 30m are needed');
  });

  test('that ails now is not waited for', () => {
    expect(judge(period(0, 20, true, true)).missing).toBeUndefined();
  });

  test('is not told where a commit could not be compared', () => {
    expect(judge(period(0, 90, undefined)).verdict).toBe('unknown');
    expect(judge(period(0, 90, undefined), period(95, 130, true)).verdict).toBe('passed');
  });

  test('was never there where nobody saw it', () => {
    expect(judge()).toMatchObject({ verdict: 'failed', evidence: [] });
  });
});
