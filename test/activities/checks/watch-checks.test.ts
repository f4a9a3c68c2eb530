import { createCheckActivities } from '../../../activities/checks';
import type { WatchInput } from '../../../activities/contract';
import { hangsUp, inTurn, says, startFaultyServer, type FaultyServer } from '../../support/faulty-server';
import { aCheck, anAttempt, surroundingsWith } from './probes';

let server: FaultyServer;
beforeEach(async () => {
  server = await startFaultyServer(says(200));
});
afterEach(() => server.close());

const { watchChecks } = createCheckActivities(surroundingsWith());
const [good, bad, silent] = [says(200), says(500), hangsUp];
const hour = 3_600_000;

/** Asks a thousand times a second, for an hour unless told. */
function watch(more: Partial<WatchInput> = {}, attempt = anAttempt()) {
  return watchChecks({ checks: [aCheck(server.url)], window: hour, interval: 1, ...more }, attempt);
}

/** What an attempt has left that had watched for `elapsed` milliseconds. */
const left = (elapsed: number, unanswered = 0) => ({ rounds: 40, elapsed, unanswered, last: [] });

test('a window of 0 is one round', async () => {
  expect(await watch({ window: 0 })).toMatchObject({ verdict: 'passed', rounds: 1, last: [{ name: 'health' }] });
  expect(server.seen).toHaveLength(1);
});

test('a window of 0 does not ask a second time when there is no answer', async () => {
  server.answer(inTurn(silent, good));
  expect(await watch({ window: 0 })).toMatchObject({ verdict: 'unknown', rounds: 1 });
});

test('the checks are repeated until the window is over', async () => {
  const attempt = anAttempt();
  const result = await watch({ window: 60, interval: 5 }, attempt);
  expect(result.verdict).toBe('passed');
  expect(result.rounds).toBe(server.seen.length);
  expect(attempt.reported).toHaveLength(result.rounds);
});

test('the last round is at the end of the window, however long the interval', async () => {
  const attempt = anAttempt();
  const result = await watch({ window: 50, interval: hour }, attempt);
  expect(result).toMatchObject({ verdict: 'passed' });
  const { elapsed } = attempt.reported.at(-1) as { elapsed: number };
  expect(elapsed).toBeGreaterThanOrEqual(50);
});

test('one wrong answer ends it as failed, and is told', async () => {
  server.answer(inTurn(good, good, bad, good));
  expect(await watch()).toMatchObject({
    verdict: 'failed',
    rounds: 3,
    last: [{ verdict: 'failed', detail: 'status 500, expected 200' }],
  });
});

test('all checks of the round that broke are told', async () => {
  server.answer((request, response) => (request.path === '/b' ? bad : good)(request, response));
  const checks = ['a', 'b'].map((name) => aCheck(`${server.url}/${name}`, { name }));
  const { last } = await watch({ checks });
  expect(last.map(({ name, verdict }) => [name, verdict])).toEqual([
    ['a', 'passed'],
    ['b', 'failed'],
  ]);
});

test('silence is borne for less rounds than the patience has', async () => {
  server.answer(inTurn(good, silent, silent, good, silent, silent, bad));
  expect(await watch({ patience: 3 })).toMatchObject({ verdict: 'failed', rounds: 7 });
});

test('silence that lasts could not be judged', async () => {
  server.answer(inTurn(good, silent));
  expect(await watch({ patience: 3 })).toMatchObject({ verdict: 'unknown', rounds: 4, last: [{ verdict: 'unknown' }] });
});

test('silence at the end of the window is not taken for success', async () => {
  server.answer(inTurn(silent));
  const resume = left(hour);
  expect(await watch({}, anAttempt(resume))).toMatchObject({ verdict: 'unknown', rounds: 43 });
});

test('an answer after silence at the end of the window is', async () => {
  server.answer(inTurn(silent, good));
  expect(await watch({}, anAttempt(left(hour)))).toMatchObject({ verdict: 'passed', rounds: 42 });
});

test('without checks the window is only waited for', async () => {
  expect(await watch({ checks: [], window: 20, interval: 5 })).toMatchObject({ verdict: 'passed', last: [] });
});

describe('after a killed attempt', () => {
  test('the window does not begin anew', async () => {
    expect(await watch({}, anAttempt(left(hour - 5)))).toMatchObject({ verdict: 'passed' });
  });

  test('what was reported is enough to go on', async () => {
    const people = new Error('killed');
    const first = anAttempt(undefined, () => {
      if (first.reported.length === 5) first.stop(people);
    });
    await expect(watch({}, first)).rejects.toBe(people);
    const before = first.reported.at(-1) as { rounds: number; elapsed: number };
    const second = anAttempt(before);
    await watch({ window: before.elapsed + 1 }, second);
    expect(second.reported[0]).toMatchObject({ rounds: before.rounds + 1 });
    expect((second.reported[0] as typeof before).elapsed).toBeGreaterThanOrEqual(before.elapsed);
  });

  test('silence goes on where it was', async () => {
    server.answer(silent);
    expect(await watch({ patience: 3 }, anAttempt(left(0, 2)))).toMatchObject({ verdict: 'unknown', rounds: 41 });
  });

  test.each([['text'], [null], [{}], [{ rounds: 'many', elapsed: 1, unanswered: 0, last: [] }], [[1, 2]]])(
    'rubbish that it left (%j) is a new beginning',
    async (resume) => {
      expect(await watch({ window: 0 }, anAttempt(resume))).toMatchObject({ verdict: 'passed', rounds: 1 });
    },
  );
});

test('people can stop it in a pause', async () => {
  const attempt = anAttempt(undefined, () => attempt.stop(new Error('stopped by people')));
  await expect(watch({ interval: hour }, attempt)).rejects.toThrow('stopped by people');
});
