/** From the signal `approve` to the next step: the first activity behind it has started, the lock is held by then. */
import type { Client } from '@temporalio/client';
import { decisionSignals } from '../workflows/messages';
import { eventually } from './eventually';
import { activityStarts } from './history';
import { ofTimes, type Effort, type Measure } from './measure';
import type { MeasuredShop } from './measured-shop';
import type { Stage } from './stage';
import { summarise } from './statistics';

export async function measureApproval(stage: Stage, { approvals }: Effort): Promise<Measure[]> {
  const shop = await stage.openShop('approved');
  await stage.hire(shop);
  await shop.addVersion();
  const times: number[] = [];
  for (const version of await shop.addNames(approvals)) times.push(await approveOnce(stage.client, shop, version));
  await stage.clear();
  const spread = summarise(times);
  return [ofTimes('approve → next step', spread, 250, 'p99'), ofTimes('approve → next step', spread, null)];
}

async function approveOnce(client: Client, shop: MeasuredShop, version: string): Promise<number> {
  const id = await shop.request(version);
  const digest = await shop.awaitingApproval(id);
  const time = await approveBySignal(client, id, digest);
  // Nothing has changed yet: it ends without a move.
  await client.workflow.getHandle(id).signal(decisionSignals.reject, { by: 'ada', reason: 'measured' });
  await shop.result(id);
  return time;
}

/** Approves as the Web UI does. Returns the milliseconds until the first activity after it started. */
export async function approveBySignal(client: Client, id: string, digest: string): Promise<number> {
  const start = Date.now();
  await client.workflow.getHandle(id).signal(decisionSignals.approve, { by: 'ada', digest });
  const started = await eventually(`${id} to take the fence`, async () =>
    (await activityStarts(client, id)).find(({ type }) => type === 'takeFences'),
  );
  return started.at - start;
}
