import type { WorkflowHandle } from '@temporalio/client';
import { environmentWorkflowId, soakWorkflowId } from '../../release/identity';
import type { SoakAccount } from '../../release/soak';
import { acceptBreachSignal, soakAccountQuery } from '../../workflows/messages';
import { answered, approve } from '../support/crash-stage';
import { CrashWorkers } from '../support/crash-workers';
import { startFaultyServer, says, type FaultyServer } from '../support/faulty-server';
import { startSlipway, type Slipway } from '../support/slipway';

/** All workers are killed while a soak looks, and while it waits for a person. */

let slipway: Slipway;
let workers: CrashWorkers;
let checkout: FaultyServer;
let soak: WorkflowHandle;

beforeAll(async () => {
  checkout = await startFaultyServer(says(200));
  slipway = await startSlipway({
    worker: false,
    environment: { soak: { for: 20_000, interval: 50, remind: 1_000 } },
    edit: (project) => {
      const api = project.services['api']!;
      const { contains, ...check } = {
        ...api.smoke[0]!,
        name: 'checkout',
        url: '${env:CHECKOUT_URL}',
        tries: 1,
        json: {},
      };
      void contains;
      return { ...project, services: { ...project.services, api: { ...api, smoke: [check] } } };
    },
  });
  const { taskQueue, workspaces, shop } = slipway;
  const temporalAddress = process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS']!;
  const env = { ...shop.env, CHECKOUT_URL: checkout.url };
  workers = new CrashWorkers({ taskQueue, workspaces, temporalAddress, env, count: 1 });
  await workers.refill();
  const release = await slipway.release('1.1.0');
  await approve(release);
  await release.ended();
  soak = slipway.client.workflow.getHandle(soakWorkflowId(release.id));
});
afterAll(async () => {
  await workers?.killAll();
  await slipway?.stop();
  await checkout?.close();
});

test('killed while it looks: what the next worker finds is said once, and killed while it asks: a person is heard, and it ends in its time', async () => {
  await killedWhileItLooks();
  checkout.answer(says(500));
  await workers.refill();
  const { breach } = await until('it was breached', (soak) => soak.breach !== null);
  expect(breach).toMatchObject({ id: '1.1.0/1/b1', checks: [{ name: 'api: checkout' }], accepted: null });
  expect((await told()).soaks).toMatchObject([{ breaches: 1, breach: { id: '1.1.0/1/b1' } }]);

  await workers.killAll();
  const word = { breach: '1.1.0/1/b1', by: 'ada', reason: 'the provider was down', id: 'the word' };
  const environment = slipway.client.workflow.getHandle(environmentWorkflowId(slipway.project.name, 'production'));
  await environment.signal(acceptBreachSignal, word);
  await workers.refill();
  const accepted = { by: 'ada', reason: 'the provider was down' };
  expect(await soak.result()).toMatchObject({ breaches: 1, breach: { accepted }, end: { how: 'accepted' } });
  const { soaks, log } = await answered('the environment to know', async () => {
    const now = await told();
    return now.soaks?.length === 0 ? now : undefined;
  });
  const said = (words: string) => log.filter(({ text }) => text.includes(words));
  expect(soaks).toEqual([]);
  expect(said('soaks until')).toHaveLength(1);
  expect(said('A PERSON MUST DECIDE: the soak of 1.1.0 was breached')).toHaveLength(1);
  expect(said('ada accepted 1.1.0/1/b1')).toHaveLength(1);
  expect(said('the soak of 1.1.0 is over')).toHaveLength(1);
});

/** All workers die with an answer outstanding, after some rounds that passed. */
async function killedWhileItLooks(): Promise<void> {
  let rounds = 0;
  const over = soak.result().then(() => {
    throw new Error('the soak was over before it was killed');
  });
  const gone = new Promise<void>((gone) => {
    checkout.answer((request, response) => {
      rounds += 1;
      if (rounds < 5) says(200)(request, response);
      else if (rounds === 5) void workers.killAll().then(gone);
    });
  });
  await Promise.race([gone, over]);
  over.catch(() => undefined);
}

const told = () => slipway.environmentState();
const until = (what: string, holds: (account: SoakAccount) => boolean) =>
  answered(what, async () => {
    const account = await soak.query(soakAccountQuery);
    return holds(account) ? account : undefined;
  });
