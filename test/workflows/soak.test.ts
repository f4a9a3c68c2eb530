/** What a release has left is looked at after it has finished: one story after the other on one shop. */
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requestRelease } from '../../client';
import { sayWord } from '../../client/say-word';
import { soakWorkflowId } from '../../release/identity';
import type { SoakRule } from '../../release/project';
import type { SoakAccount } from '../../release/soak';
import { soakAccountQuery, type SoakInput } from '../../workflows/messages';
import { startFaultyServer, says, type FaultyServer } from '../support/faulty-server';
import { containing } from '../client/matchers';
import { slipway as run } from '../client/run-slipway';
import { eventually } from '../support/eventually';
import { startSlipway, underTest, type ReleaseUnderTest, type Slipway } from '../support/slipway';
import { askLedger } from '../support/test-ledger';

let slipway: Slipway;
/** What one check of the api looks at; it can be made ill. */
let checkout: FaultyServer;
/** What the worker knows besides the shop's variables. */
const env: Record<string, string> = {};

const long: SoakRule = { for: 3_600_000, interval: 50, remind: 200 };
const well = () => checkout.answer(says(200));
const ill = () => checkout.answer(says(500));

beforeAll(async () => {
  checkout = await startFaultyServer(says(200));
  env['CHECKOUT_URL'] = checkout.url;
  slipway = await startSlipway({
    env,
    edit: (project) => {
      const api = project.services['api']!;
      const check = { ...api.smoke[0]!, name: 'checkout', url: '${env:CHECKOUT_URL}', tries: 1, json: {} };
      const { contains, ...bare } = check;
      void contains;
      return { ...project, services: { ...project.services, api: { ...api, smoke: [...api.smoke, bare] } } };
    },
  });
  const { shop, project } = slipway;
  const text = readFileSync(shop.configFile, 'utf8').replace(/^project: .*$/m, `project: ${project.name}`);
  writeFileSync(join(shop.folder, 'slipway.yaml'), text);
}, 120_000);
afterAll(async () => {
  await slipway?.stop();
  await checkout?.close();
});

async function ask(version: string, soak: SoakRule): Promise<ReleaseUnderTest> {
  const production = { ...slipway.project.environments['production']!, soak };
  const project = { ...slipway.project, environments: { production } };
  const input = { environment: 'production', version, commit: null, requestedBy: 'linus', requestId: randomUUID() };
  const { releaseId } = await requestRelease(slipway.client, { ...input, project }, 30_000);
  const release = underTest(slipway.client, releaseId);
  await release.in('awaiting approval');
  return release;
}

const soaks = async () => (await slipway.environmentState()).soaks ?? [];
const account = ({ id }: ReleaseUnderTest): Promise<SoakAccount> =>
  slipway.client.workflow.getHandle(soakWorkflowId(id)).query(soakAccountQuery);
const until = (what: string, holds: (soak: SoakAccount) => boolean) =>
  eventually(what, async () => (await soaks()).find(holds));
const accept = (breach: string, by: string) =>
  sayWord(
    slipway.client,
    { project: slipway.project.name, environment: 'production' },
    'acceptBreach',
    { breach, by, reason: 'the provider was down', id: randomUUID() },
    30_000,
  );
/** As ada does at the command line. */
const command = (...args: string[]) =>
  run(args, {
    cwd: slipway.shop.folder,
    env: { TEMPORAL_ADDRESS: process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS'], SLIPWAY_USER: 'ada' },
  });
const said = async (text: string) => (await slipway.environmentState()).log.filter((line) => line.text.includes(text));

let first: ReleaseUnderTest;

test('after a release has finished its checks go on without the lock, and a breach asks a person, again and again', async () => {
  first = await ask('1.1.0', long);
  await first.approve();
  const { timeline, plan } = await first.state().then(async () => (await first.result(), first.state()));
  expect(plan!.notes).toContainEqual(containing('it soaks for 1h without the lock'));
  expect(timeline.map(({ text }) => text)).toContainEqual(containing('from now on it soaks for 1h'));
  await until('it soaks', ({ releaseId, failing }) => releaseId === first.id && failing.length === 0);
  ill();
  const { breach } = await until('it was breached', (soak) => (soak.breach?.reminded ?? 0) > 0);
  expect(breach).toMatchObject({ id: '1.1.0/1/b1', checks: [{ name: 'api: checkout' }], accepted: null });
  expect(await said('A PERSON MUST DECIDE: the soak of 1.1.0 was breached (1.1.0/1/b1): api: checkout')).toHaveLength(
    1,
  );
  expect((await slipway.environmentState()).holder).toBeNull();
  expect(await account(first)).toMatchObject({ breach: { id: '1.1.0/1/b1' } });
  const shown = await command('soak', 'production');
  expect(shown).toMatchObject({ code: 3, out: containing('the soak of 1.1.0 was breached (1.1.0/1/b1)') });
});

test('whoever may accepts it, once: what fails on asks nobody again, and counts anew when it has passed', async () => {
  await expect(accept('1.1.0/1/b1', 'mallory')).rejects.toMatchObject({ code: 'DECISION_REFUSED' });
  await expect(accept('1.1.0/1/b7', 'ada')).rejects.toThrow('there is no breach 1.1.0/1/b7 to accept');
  const spoken = await command('soak', 'production', '--accept', '--reason', 'the provider was down');
  expect(spoken).toMatchObject({ code: 0, out: containing('Breach 1.1.0/1/b1 is accepted: 1.1.0 soaks on.') });
  const heard = () => account(first).then(({ breach }) => breach?.accepted ?? undefined);
  expect(await eventually('the soak has heard of it', heard)).toMatchObject({ by: 'ada' });
  well();
  await until('it passes again', ({ failing }) => failing.length === 0);
});

test('a worker that cannot look says so at once: that is no breach, and it looks again by itself', async () => {
  delete env['CHECKOUT_URL'];
  await slipway.restartWorker();
  const { silence, breach } = await until('it could not tell', (soak) => soak.silence !== null);
  expect({ detail: silence?.detail, id: breach?.id }).toEqual({ detail: containing('CHECKOUT_URL'), id: '1.1.0/1/b1' });
  expect(await command('soak', 'production')).toMatchObject({ code: 4, out: containing('could not tell since') });
  env['CHECKOUT_URL'] = checkout.url;
  ill();
  await until('it looks again', (soak) => soak.breach?.id === '1.1.0/1/b2');
  delete env['CHECKOUT_URL'];
  await until('nor can it tell of those that fail', (soak) => soak.silence !== null);
  env['CHECKOUT_URL'] = checkout.url;
  await accept('1.1.0/1/b2', 'ada');
  well();
  await until('all passes', (soak) => soak.silence === null && soak.failing.length === 0);
});

test('an environment that was begun anew is told by the soak, which outlives it and its worker', async () => {
  const environment = slipway.client.workflow.getHandle(`environment/${slipway.project.name}/production`);
  await environment.terminate('as people do');
  await slipway.restartWorker();
  await accept('none', 'ada').catch(() => undefined);
  ill();
  await until('it knows of the breach', ({ breach }) => breach?.id === '1.1.0/1/b3' && breach.accepted === null);
  well();
});

test('a breach holds nobody up: the release that mends it gets the environment, nobody looks meanwhile, and it replaces the soak', async () => {
  const { shop } = slipway;
  const second = await ask('1.3.0', { ...long, for: 400 });
  shop.hosting.set({ held: true });
  await second.approve();
  await second.in('going live');
  await until('nobody looks', ({ heldBy }) => heldBy === second.id);
  shop.hosting.set({ held: false });
  shop.hosting.release();
  expect(await second.result()).toMatchObject({ outcome: 'finished' });
  const over = () => said('the soak of 1.3.0 is over: its checks pass').then((lines) => lines[0]);
  await eventually('its own soak is over', over);
  expect(await said(`the soak of 1.1.0 has ended: replaced by ${second.id}`)).toHaveLength(1);
  expect(await soaks()).toEqual([]);
  expect(await account(first)).toMatchObject({ end: { how: 'replaced', by: second.id } });
  const entries = () =>
    askLedger<{ text: string }>(
      `SELECT text FROM slipway_ledger.event WHERE release LIKE $1 AND n > 1000000 ORDER BY n`,
      [`${first.id}@%`],
    ).then((rows) => (rows.some(({ text }) => text.includes('replaced')) ? rows.map(({ text }) => text) : undefined));
  expect(await eventually('the ledger knows', entries)).toEqual(
    expect.arrayContaining([containing('was breached (1.1.0/1/b1)'), containing('ada accepted 1.1.0/1/b1')]),
  );
});

test('a soak whose history is begun anew again and again goes on with what it knows, and is heard in each run', async () => {
  const { client, project } = slipway;
  const { live } = await slipway.environmentState();
  const { version, commit, releaseId } = live['api']!;
  const at = new Date().toISOString();
  const input: SoakInput = {
    ...{ project: project.name, environment: 'production', releaseId, runId: '', version },
    ...{ services: { api: { version, commit } }, checks: [project.services['api']!.smoke.at(-1)!] },
    ...{ from: at, until: new Date(Date.now() + long.for).toISOString(), interval: 20, remind: 50, longHistory: 60 },
  };
  const start = { workflowId: soakWorkflowId(releaseId), taskQueue: slipway.taskQueue, args: [input] };
  const { firstExecutionRunId: began } = await client.workflow.start('soak', start);
  const soak = client.workflow.getHandle(start.workflowId);
  const anew = (than: string) =>
    eventually('it begins anew', async () => {
      const { runId } = await soak.describe();
      return runId === than ? undefined : runId;
    });
  ill();
  await until('it is breached', ({ breach }) => breach?.id === '1.3.0/1/b1');
  const then = await anew(began);
  const now = await until('people are reminded', ({ breach }) => (breach?.reminded ?? 0) > 1);
  expect(now).toMatchObject({ breaches: 1, breach: { id: '1.3.0/1/b1', accepted: null } });
  await accept('1.3.0/1/b1', 'ada');
  await anew(await anew(then));
  expect(await soak.query(soakAccountQuery)).toMatchObject({ breaches: 1, breach: { accepted: { by: 'ada' } } });
  well();
  await until('it passes', ({ failing }) => failing.length === 0);
  await soak.cancel();
  await eventually('it is over', async () => ((await soaks()).length === 0 ? true : undefined));
  expect(await said('A PERSON MUST DECIDE: the soak of 1.3.0 was breached')).toHaveLength(1);
  expect(await said('the soak of 1.3.0 was cancelled')).toHaveLength(1);
});
