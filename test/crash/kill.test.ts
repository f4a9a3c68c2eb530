import { CrashRoad } from '../support/crash-road';
import { roads, rowsOf, shareOf, type Road } from '../support/crash-points';

describe.each(Object.keys(roads) as Road[])('a worker is killed on the road: %s', (name) => {
  const road = new CrashRoad(name);
  afterAll(() => road.stop());

  test.concurrent.each(shareOf(rowsOf(name)))(
    'at $point (time $nth): another goes on, it ends as if nothing had happened, each effect once',
    async (row) => {
      expect(await road.killed(row)).toEqual(await road.expected());
    },
  );
});
