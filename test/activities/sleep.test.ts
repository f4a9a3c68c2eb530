import { getEventListeners } from 'node:events';
import { sleep } from '../../activities/sleep';

const day = 86_400_000;

test('an abort ends it at once, with its reason', async () => {
  const people = new AbortController();
  const sleeping = sleep(day, people.signal);
  people.abort(new Error('stopped by people'));
  await expect(sleeping).rejects.toThrow('stopped by people');
  await expect(sleep(day, people.signal)).rejects.toThrow('stopped by people');
});

test('it leaves no listener behind', async () => {
  const { signal } = new AbortController();
  await sleep(1, signal);
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

test('a time longer than a timer can hold does not go off at once', async () => {
  const people = new AbortController();
  const year = sleep(365 * day, people.signal).then(
    () => 'over',
    () => 'stopped',
  );
  await sleep(20, new AbortController().signal);
  people.abort(new Error('stopped by people'));
  expect(await year).toBe('stopped');
});
