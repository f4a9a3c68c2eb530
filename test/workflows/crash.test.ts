import { CrashRoad } from '../support/crash-road';
import { rowsOf } from '../support/crash-points';

/**
 * One kill for each kind of effect on the road there and back, right after it has happened and before anybody was
 * told: the hard moment. `npm run test:crash` has all moments on all roads.
 */
const kinds = [
  ...new Map(
    rowsOf('rollback')
      .filter(({ point }) => point.endsWith(':after'))
      .reverse()
      .map((row) => [row.point, row]),
  ).values(),
].reverse();

const road = new CrashRoad('rollback');
afterAll(() => road.stop());

test.each(kinds)('a worker killed at $point: it ends as if nothing had happened, each effect once', async (row) => {
  expect(await road.killed(row)).toEqual(await road.expected());
});
