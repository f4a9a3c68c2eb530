import { CrashRoad } from '../support/crash-road';
import { rowsOf } from '../support/crash-points';

/**
 * One kill for each part of the road there and back, right after an effect has happened and before anybody was told:
 * the hard moment. `npm run test:crash` has all moments of all effects on all roads.
 */
const parts = ['migrate-commit', 'move-tag', 'fence-raise', 'undo-migration-commit'];
const rows = rowsOf('rollback').filter(
  ({ point, nth }) => nth === 1 && parts.some((part) => point === `${part}:after`),
);

const road = new CrashRoad('rollback');
afterAll(() => road.stop());

test.each(rows)('a worker killed at $point: it ends as if nothing had happened, each effect once', async (row) => {
  expect(await road.killed(row)).toEqual(await road.expected());
});
