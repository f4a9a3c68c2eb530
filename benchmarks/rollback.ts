/** From the start of a smoke check that fails to the old version proven live. */
import { eventually } from './eventually';
import { ofTimes, type Effort, type Measure } from './measure';
import type { Stage } from './stage';
import { summarise } from './statistics';

export async function measureRollback(stage: Stage, { rollbacks }: Effort): Promise<Measure[]> {
  const shop = await stage.openShop('rolled-back', {
    configure: (form) => (form.environments['production']!['approvals'] = []),
  });
  await stage.hire(shop);
  await shop.result(await shop.request(await shop.addVersion()));
  const own: number[] = [];
  const host: number[] = [];
  for (let n = 0; n < rollbacks; n++) {
    const id = await shop.request(await shop.addVersion({ broken: true }));
    const { outcome } = await shop.result(id);
    if (outcome !== 'rolled back') throw new Error(`${id} was ${outcome}`);
    const { steps } = await shop.state(id);
    const at = (step: string, edge: 'startedAt' | 'endedAt') =>
      Date.parse(steps.find((each) => each.id === step)?.[edge] ?? '');
    const build = await eventually('the build of the old version', () =>
      shop.hosting.builds().findLast(({ ref, status }) => ref.includes('-rollback.') && status === 'live'),
    );
    const target = build.endedAt! - build.queuedAt;
    host.push(target);
    own.push(at('prove', 'endedAt') - at('smoke', 'startedAt') - target);
  }
  await stage.clear();
  return [
    ofTimes('failing smoke check → old version proven live, without the host', summarise(own), 3_000),
    ofTimes('the host’s own build and start of the old version', summarise(host), null),
  ];
}
