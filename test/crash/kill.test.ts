import { CrashRoad } from '../support/crash-road';
import { rowsOf, type Road } from '../support/crash-points';

describe.each<Road>(['success', 'rollback', 'rollback while building', 'rollback by other means'])('%s', (name) => {
  const road = new CrashRoad(name);
  afterAll(() => road.stop());

  test('expected', async () => void (await road.expected()));
  test.each(rowsOf(name))('$point ($nth)', async (row) => {
    expect(await road.killed(row)).toEqual(await road.expected());
  });
});
