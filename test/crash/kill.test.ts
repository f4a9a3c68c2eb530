import { CrashRoad } from '../support/crash-road';
import { rowsOf, type Road } from '../support/crash-points';

describe.each<Road>(['success', 'rollback', 'rollback while building', 'rollback by other means'])(
  'a worker killed on the road %s',
  (name) => {
    const road = new CrashRoad(name);
    afterAll(() => road.stop());

    test.each(rowsOf(name))('leaves what it leaves without a kill: $point ($nth)', async (row) => {
      expect(await road.killed(row)).toEqual(await road.expected());
    });
  },
);
