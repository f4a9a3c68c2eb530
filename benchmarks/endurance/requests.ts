/** A great many requests to one environment at the same moment, against the same number one after the other. */
import type { MeasuredShop } from '../measured-shop';
import type { Stage } from '../stage';
import { forEach } from './all';
import { persist } from './persist';
import type { EnduranceMeasure } from './report';
import { rulesOfATeam } from './rules';

/**
 * Asks for `count` releases at once, and for as many again one by one; every one is its own release, and in the queue.
 * Fails if one is lost, or two are the same.
 */
export async function enduranceRequests(
  stage: Stage,
  count: number,
  say: (line: string) => void,
): Promise<EnduranceMeasure[]> {
  const shop = await stage.openShop('requests', { configure: rulesOfATeam });
  await stage.hire(shop);
  await shop.addVersion();
  const versions = await shop.addNames(2 * count);
  let again = 0;
  const ask = (version: string) =>
    persist(
      (requestId) => shop.request(version, requestId),
      () => void again++,
    );

  say(`${count} releases are asked for at once …`);
  const begun = Date.now();
  const answered: number[] = [];
  const atOnce = await Promise.all(
    versions.slice(0, count).map(async (version) => {
      const id = await ask(version);
      answered.push(Date.now() - begun);
      return id;
    }),
  );
  await endAll(shop, atOnce);

  say('and as many one after the other …');
  const second = Date.now();
  const oneByOne: string[] = [];
  for (const version of versions.slice(count)) oneByOne.push(await ask(version));
  const inTurn = Date.now() - second;
  await endAll(shop, oneByOne);

  const different = new Set([...atOnce, ...oneByOne]).size;
  if (different !== 2 * count) throw new Error(`${2 * count} requests came to ${different} releases`);
  await stage.clear();
  const [first, last] = [answered[0]!, answered.at(-1)!];
  const ratio = Math.round((last / inTurn) * 100) / 100;
  return [
    { what: 'requests at once, each its own release', value: count, unit: '' },
    { what: 'the first of them answered after', value: first, unit: 'ms' },
    { what: 'the last of them answered after', value: last, unit: 'ms' },
    { what: 'as many one after the other', value: inTurn, unit: 'ms' },
    { what: 'at once : one after the other', value: ratio, unit: '' },
    { what: 'calls that a busy worker did not answer in time, sent again', value: again, unit: '' },
  ];
}

/**
 * Rejects all and waits for their ends, so that what is measured next finds the worker idle. On a busy machine a look may
 * not be answered in time: then one has stopped by itself.
 */
async function endAll(shop: MeasuredShop, ids: readonly string[]): Promise<void> {
  await forEach(ids, 20, async (id) => {
    await shop.reject(id);
    const { outcome } = await shop.result(id);
    if (outcome !== 'rejected' && outcome !== 'stopped') throw new Error(`${id} was ${outcome}`);
  });
}
