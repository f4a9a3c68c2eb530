/** What a release leaves in Temporal: with every step that one service can have, and with its rollback. */
import { historySize } from './history';
import type { Measure } from './measure';
import type { Stage } from './stage';

export async function measureHistory(stage: Stage): Promise<Measure[]> {
  const shop = await stage.openShop('recorded', { waits: 'short' });
  await stage.hire(shop);
  const run = async (what: string, outcome: string, broken: boolean, aim: number): Promise<Measure[]> => {
    const id = await shop.request(await shop.addVersion({ broken }));
    await shop.approve(id);
    const result = await shop.result(id);
    if (result.outcome !== outcome) throw new Error(`${id} was ${result.outcome}`);
    const { events, bytes } = await historySize(stage.client, id);
    return [
      { what: `${what}: history`, unit: 'events', value: events, aim },
      { what: `${what}: history`, unit: 'bytes', value: bytes, aim: null },
    ];
  };
  const measures = [
    ...(await run('success', 'finished', false, 110)),
    ...(await run('rollback', 'rolled back', true, 150)),
  ];
  await stage.clear();
  return measures;
}
