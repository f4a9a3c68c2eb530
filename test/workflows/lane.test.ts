import { Lane } from '../../workflows/lane';

test('what is added is done one after the other, and it is idle when all is done', async () => {
  const lane = new Lane();
  const done: string[] = [];
  let let1Go = () => {};
  const first = new Promise<void>((resolve) => (let1Go = resolve));
  lane.add(() => first.then(() => void done.push('1')));
  const second = new Promise<void>((resolve) => lane.add(async () => resolve(void done.push('2'))));
  expect(lane.isIdle).toBe(false);
  expect(done).toEqual([]);
  let1Go();
  await second;
  await Promise.resolve();
  expect(done).toEqual(['1', '2']);
  await new Promise(setImmediate);
  expect(lane.isIdle).toBe(true);
});
