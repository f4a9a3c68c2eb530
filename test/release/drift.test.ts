import {
  driftsOf,
  looksWithoutAnswer,
  silencesOf,
  watchAfter,
  withoutDrift,
  type WatchState,
} from '../../release/drift';
import type { Finding } from '../../release/facts';
import type { Sighting } from '../../release/sighting';

const minute = 60_000;
const at = (n: number) => new Date(Date.parse('2026-03-01T10:00:00.000Z') + n * 5 * minute).toISOString();

const inStep: Finding = { verdict: 'passed', detail: 'it runs 1.0.0' };
const drifted: Finding = { verdict: 'failed', detail: 'it runs 1.3.0, not 1.0.0' };
const silent: Finding = { verdict: 'unknown', detail: 'no answer' };

function sighting(n: number, step: Finding | null, change: Partial<Sighting> = {}): Sighting {
  const health: Finding = { verdict: 'passed', detail: '' };
  const runs = { version: '1.0.0', commit: 'a'.repeat(40) };
  return {
    look: `look-${n}`,
    at: at(n),
    every: 5 * minute,
    hands: 1,
    services: [{ service: 'api', runs, step, health, byHand: [] }],
    ...change,
  };
}

/** What looks come to, one after the other. */
function after(...steps: readonly (Finding | null | Sighting)[]): { watch: WatchState; said: readonly string[] } {
  let result: ReturnType<typeof watchAfter> | undefined;
  steps.forEach((step, n) => {
    const look = step !== null && 'look' in step ? step : sighting(n, step);
    result = watchAfter(result?.watch, look);
  });
  return result!;
}

describe('drift', () => {
  test('is said once two looks have seen it, with the moment of the first', () => {
    expect(driftsOf(after(inStep, drifted).watch)).toEqual([]);
    const { watch, said } = after(inStep, drifted, drifted);
    expect(driftsOf(watch)).toEqual([['api', { since: at(1), detail: drifted.detail, byHand: [] }]]);
    expect(said).toEqual(['drift: api: it runs 1.3.0, not 1.0.0, seen since 2026-03-01 10:05 UTC']);
  });

  test('is said once, and again only when it is another', () => {
    expect(after(drifted, drifted, drifted).said).toEqual([]);
    expect(after(drifted, drifted, { ...drifted, detail: 'it runs 1.4.0' }).said).toHaveLength(1);
  });

  test('is not what a look in step comes between', () => {
    expect(driftsOf(after(drifted, inStep, drifted, inStep, drifted).watch)).toEqual([]);
  });

  test('is never what gave no answer, however often', () => {
    expect(driftsOf(after(...Array<Finding>(10).fill(silent)).watch)).toEqual([]);
  });

  test('neither begins nor ends anew where a look between had no answer', () => {
    expect(driftsOf(after(drifted, silent, drifted).watch)).toHaveLength(1);
    expect(driftsOf(after(drifted, drifted, silent).watch)).toHaveLength(1);
    expect(driftsOf(after(drifted, drifted, inStep, silent, inStep).watch)).toEqual([]);
  });

  test('goes away by itself when it is seen in step twice', () => {
    expect(driftsOf(after(drifted, drifted, inStep).watch)).toHaveLength(1);
    const { watch, said } = after(drifted, drifted, inStep, inStep);
    expect(driftsOf(watch)).toEqual([]);
    expect(said).toEqual(['drift of api is over: it runs 1.0.0']);
  });

  test('is not seen twice by one look that is told twice', () => {
    const look = sighting(0, drifted);
    expect(driftsOf(after(look, look, look).watch)).toEqual([]);
  });

  test('is not seen twice where the environment changed hands between', () => {
    expect(driftsOf(after(drifted, sighting(1, drifted, { hands: 2 })).watch)).toEqual([]);
  });

  test('that somebody has settled must be seen twice again', () => {
    const settled = withoutDrift(after(drifted, drifted).watch);
    expect(driftsOf(settled)).toEqual([]);
    const once = watchAfter(settled, sighting(5, drifted)).watch;
    expect(driftsOf(once)).toEqual([]);
    expect(driftsOf(watchAfter(once, sighting(6, drifted)).watch)).toHaveLength(1);
  });

  test('is nothing where there is no record to compare with', () => {
    expect(driftsOf(after(drifted, drifted, null).watch)).toEqual([]);
  });
});

describe('silence', () => {
  test('is told once it lasts, and when it is over', () => {
    const silence = Array<Finding>(looksWithoutAnswer).fill(silent);
    expect(after(...silence.slice(1)).said).toEqual([]);
    const { watch, said } = after(...silence);
    expect(said).toEqual(['what api runs could not be told since 2026-03-01 10:00 UTC: no answer']);
    expect(silencesOf(watch)).toEqual([['api', at(0), 'no answer']]);
    expect(after(...silence, silent).said).toEqual([]);
    expect(after(...silence, inStep).said).toEqual(['api tells again what it runs']);
    expect(silencesOf(after(...silence, inStep).watch)).toEqual([]);
  });
});
