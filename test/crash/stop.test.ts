import { CrashRoad } from '../support/crash-road';
import { roads, rowsOf, shareOf, type Road } from '../support/crash-points';

describe.each(Object.keys(roads) as Road[])('a worker is stopped past its deadline on the road: %s', (name) => {
  const road = new CrashRoad(name);
  afterAll(() => road.stop());

  test.concurrent.each(shareOf(rowsOf(name)))(
    'at $point (time $nth): another goes on, it ends as if nothing had happened, and the first changes nothing when it wakes',
    async (row) => {
      const { print, asleep, awake } = await road.stopped(row);
      expect(awake).toEqual(asleep);
      expect(print).toEqual(await road.expected());
    },
  );
});
