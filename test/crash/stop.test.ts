import { CrashRoad } from '../support/crash-road';
import { rowsOf, type Road } from '../support/crash-points';

/**
 * A worker that is stopped (SIGSTOP) right before an effect, past its deadline, and wakes when another has brought the
 * release to its end: its attempt goes on as if no time had passed, and must find the fence.
 */
describe.each<Road>(['success', 'rollback', 'rollback while building', 'rollback by other means'])(
  'a worker stopped on the road %s, that wakes after the end',
  (name) => {
    const road = new CrashRoad(name);
    const rows = rowsOf(name).filter(({ point }) => point.endsWith(':before'));
    afterAll(() => road.stop());

    test.concurrent.each(rows)('does nothing late at $point ($nth)', async (row) => {
      const { print, asleep, awake } = await road.stopped(row);
      expect(print).toEqual(await road.expected());
      expect(awake).toEqual(asleep);
    });
  },
);
