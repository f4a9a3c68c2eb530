/** A worker is killed while it looks for tags, or asks for the release of one: each tag still starts exactly one release. */
import { pollNow, triggerScheduleId, triggersRecord, turnTriggersOn } from '../../client/triggers';
import { triggerEffects } from '../support/crash-points';
import { CrashWorkers } from '../support/crash-workers';
import { eventually } from '../support/eventually';
import { startSlipway, type Slipway } from '../support/slipway';
import { wish, withWishes } from '../support/wishes';

let slipway: Slipway;
let workers: CrashWorkers;

beforeAll(async () => {
  slipway = await startSlipway({ worker: false, edit: withWishes });
  const { shop, taskQueue, workspaces, client, project } = slipway;
  const temporalAddress = process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS']!;
  workers = new CrashWorkers({ taskQueue, workspaces, temporalAddress, env: shop.env });
  await workers.refill();
  await turnTriggersOn(client, project, 'ada', 30_000);
});

afterAll(async () => {
  await slipway.client.schedule.getHandle(triggerScheduleId(slipway.project.name)).delete();
  await workers.killAll();
  await slipway.stop();
});

const points = triggerEffects.flatMap((effect) => [`${effect}:before`, `${effect}:after`]);

test.each(points)('a worker that is killed at %s: each tag starts one release', async (point) => {
  const { client, project, shop } = slipway;
  const commit = await shop.commitOf('1.1.0');
  const versions = ['1', '2'].map((n) => `${n}.0.0-${point.replace(':', '-')}`);
  for (const version of versions) wish(shop.remote, version, commit);
  const fell = workers.fallAt(point, 'SIGKILL');
  await pollNow(client, project.name);
  await fell;
  await eventually('both releases', async () => {
    const { tags } = await triggersRecord(client, project, 2, 30_000);
    const started = tags.filter(({ status, version }) => status === 'started' && versions.includes(version));
    return started.length === versions.length ? true : undefined;
  });
  const { numbers } = await slipway.environmentState();
  expect(versions.map((version) => numbers[version])).toEqual([1, 1]);
  await workers.refill();
});
