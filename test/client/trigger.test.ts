/** People who let tags start releases, at the command line. */
import { execFileSync } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pollNow, triggerSchedule, triggerScheduleId } from '../../client/triggers';
import { eventually } from '../support/eventually';
import { askLedger } from '../support/test-ledger';
import { startSlipway as startEverything, type Slipway } from '../support/slipway';
import { containing } from './matchers';
import { endAll, slipway, type RunOptions } from './run-slipway';

let all: Slipway;
let options: RunOptions;

beforeAll(async () => {
  all = await startEverything();
  writeConfig("triggers: [{ tag: 'wish/v{version}', environment: production, every: 5s }]");
  options = { cwd: all.shop.folder, env: { TEMPORAL_ADDRESS: process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS'] } };
});

afterAll(async () => {
  await endAll();
  await all.client.schedule
    .getHandle(triggerScheduleId(all.project.name))
    .delete()
    .catch(() => undefined);
  await all.stop();
});

const config = () => join(all.shop.folder, 'slipway.yaml');

function writeConfig(triggers: string): void {
  const text = readFileSync(all.shop.configFile, 'utf8').replace(/^project: .*$/m, `project: ${all.project.name}`);
  writeFileSync(config(), `${text.replace(/\ntriggers: .*\n/, '\n').trimEnd()}\n${triggers}\n`);
}

async function tag(version: string): Promise<void> {
  const person = ['-c', 'user.name=Linus', '-c', 'user.email=l@example.org'];
  const commit = await all.shop.commitOf(version);
  execFileSync('git', [...person, 'tag', '-a', '-m', 'please', `wish/v${version}`, commit], { cwd: all.shop.remote });
}

interface List {
  readonly schedule: { readonly state: string; readonly note: string };
  readonly tags: readonly { readonly tag: string; readonly status: string; readonly releaseId: string | null }[];
  readonly troubles: readonly unknown[];
}

const list = async () => JSON.parse((await slipway(['trigger', 'list', '--json'], options)).out) as List;

test('triggers are turned on, start a release by themselves, tell about it, and are turned off', async () => {
  await tag('1.0.0');
  const first = await slipway(['trigger', 'list'], options);
  expect(first).toMatchObject({ code: 0, err: '' });
  for (const words of ['never turned on here', 'wish/v{version} → production: api, web', 'No tag was seen yet.'])
    expect(first.out).toContain(words);
  const on = await slipway(['trigger', 'on'], options);
  expect(on).toMatchObject({ code: 0, err: '', out: containing('On. 1 tag was there and noted: never released.') });
  expect(on.out).toContain('(looked for every 5s)');
  await tag('1.1.0');
  const id = `release/${all.project.name}/production/1.1.0/1`;
  await eventually('the release', async () => ((await list()).tags[0]?.releaseId === id ? true : undefined));
  const { code, out } = await slipway(['trigger', 'list'], options);
  expect(code).toBe(0);
  for (const words of [': on (turned on by ada)', 'Last look that was answered', '1 noted, 1 released', id, 'by Linus'])
    expect(out).toContain(words);
});

test('a repository that does not answer is told with its beginning', async () => {
  const head = join(all.shop.remote, 'HEAD');
  renameSync(head, `${head}.away`);
  await eventually('the trouble', async () => ((await list()).troubles.length > 0 ? true : undefined));
  const { code, out } = await slipway(['trigger', 'list'], options);
  expect(code).toBe(2);
  expect(out).toMatch(/^Trouble since \d{4}-.* There is no git repository at .*\n {2}Check/m);
  renameSync(`${head}.away`, head);
});

/** Asks for a poll, and waits for its end. */
async function poll(): Promise<void> {
  const { client, project } = all;
  const before = (await triggerSchedule(client, project)).lastPoll?.runId;
  await pollNow(client, project.name);
  await eventually('a poll', async () => {
    const { lastPoll } = await triggerSchedule(client, project);
    return lastPoll && lastPoll.runId !== before ? true : undefined;
  });
}

const forgotten = { report: { code: 'TRIGGER_FORGOTTEN' }, since: null };

test('a ledger that has forgotten them lets no tag of before be released, which is told, and mended by turning them on', async () => {
  for (const table of ['seen_tag', 'tag_trigger'])
    await askLedger(`DELETE FROM slipway_ledger.${table} WHERE project = $1`, [all.project.name]);
  await poll();
  expect(await list()).toMatchObject({ schedule: { state: 'on' }, tags: [], troubles: [forgotten] });
  const { code, out } = await slipway(['trigger', 'list'], options);
  expect(code).toBe(3);
  expect(out).toMatch(/^Trouble: Tags are looked for by a schedule of which the ledger does not know/m);
  const on = await slipway(['trigger', 'on'], options);
  expect(on.out).toContain('On. 2 tags were there and noted: never released.');
  await poll();
  const { tags, troubles } = await list();
  expect({ statuses: tags.map(({ status }) => status), troubles }).toEqual({
    statuses: ['noted', 'noted'],
    troubles: [],
  });
});

test('a schedule that is unpaused by hand after `trigger off` releases nothing, and says so', async () => {
  expect(await slipway(['trigger', 'off'], options)).toMatchObject({ code: 0, out: containing('Off.') });
  await tag('1.2.0');
  await all.client.schedule.getHandle(triggerScheduleId(all.project.name)).unpause('by hand');
  await poll();
  const { tags, troubles } = await list();
  expect({ tags: tags.length, troubles }).toMatchObject({ tags: 2, troubles: [forgotten] });
  expect((await slipway(['trigger', 'on'], options)).out).toContain('On. 1 tag was there and noted');
  expect((await list()).troubles).toEqual([]);
});

test('a schedule that is paused by hand is off, and turned off so that it stays so', async () => {
  const schedule = all.client.schedule.getHandle(triggerScheduleId(all.project.name));
  await schedule.pause('maintenance');
  expect((await slipway(['trigger', 'list'], options)).out).toContain(': off (maintenance)');
  expect((await slipway(['trigger', 'off'], options)).out).toContain('It was off already.');
  await schedule.unpause('by hand');
  expect((await list()).troubles).toMatchObject([forgotten]);
  await slipway(['trigger', 'on'], options);
});

test('they are turned off once, also when the file has changed since, and the list says that it has', async () => {
  writeConfig("triggers: [{ tag: 'please/v{version}', environment: production }]");
  expect((await slipway(['trigger', 'list'], options)).out).toContain('slipway.yaml has changed since');
  expect(await slipway(['trigger', 'off'], options)).toMatchObject({ code: 0, out: containing('Off.') });
  expect(await slipway(['trigger', 'off'], options)).toMatchObject({ code: 0, out: containing('It was off already.') });
  expect(await list()).toMatchObject({ schedule: { state: 'off', note: 'turned off by ada' }, troubles: [] });
});

test.each([
  [['trigger', 'on'], '', 'slipway.yaml has no triggers.'],
  [
    ['trigger', 'list', '--limit', 'many'],
    "triggers: [{ tag: 'w{version}', environment: production }]",
    '--limit must be',
  ],
  [['trigger', 'on'], "triggers: [{ tag: 'v{version}', environment: production }]", 'the pointer of service api'],
])('%j with "%s" is refused: %s', async (args, triggers, words) => {
  writeConfig(triggers);
  expect(await slipway(args, options)).toMatchObject({ code: 2, out: '', err: containing(words) });
});
