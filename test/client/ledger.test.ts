/** What was: read from the ledger at the command line, also when Temporal has forgotten it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../support/eventually';
import { startSlipway as startEverything, type Slipway } from '../support/slipway';
import { containing, matching } from './matchers';
import { endAll, slipway, type RunOptions } from './run-slipway';

let all: Slipway;
let options: RunOptions;
const ids: string[] = [];

beforeAll(async () => {
  all = await startEverything();
  const text = readFileSync(all.shop.configFile, 'utf8').replace(/^project: .*$/m, `project: ${all.project.name}`);
  writeFileSync(join(all.shop.folder, 'slipway.yaml'), text);
  options = { cwd: all.shop.folder, env: { TEMPORAL_ADDRESS: process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS'] } };
  const rejected = await all.release('1.1.0');
  await rejected.in('awaiting approval');
  await rejected.decide('reject', { by: 'ada', comment: 'not today' });
  const rolledBack = await all.approved('1.2.0');
  for (const release of [rejected, rolledBack]) {
    await release.result();
    ids.push(release.id);
  }
  await forget(rolledBack.id);
}, 120_000);
afterEach(endAll);
afterAll(() => all.stop());

/** As the end of the retention does. */
async function forget(workflowId: string): Promise<void> {
  const { workflowService } = all.client.connection;
  await workflowService.deleteWorkflowExecution({ namespace: 'default', workflowExecution: { workflowId } });
  // The server only notes it, and deletes in its own time.
  await eventually('the workflow to be gone', async () => {
    const description = await all.client.workflow
      .getHandle(workflowId)
      .describe()
      .catch(() => undefined);
    return description === undefined ? true : undefined;
  });
}

describe('slipway history', () => {
  it('lists the releases of all environments, or of one, newest first', async () => {
    const [text, json, none] = await Promise.all([
      slipway(['history'], options),
      slipway(['history', 'production', '--limit', '1', '--json'], options),
      slipway(['history', '--since', '2099-01-01'], options),
    ]);
    expect(text).toMatchObject({ code: 0, err: '' });
    const [first, second] = text.out.split('\n');
    expect(first).toMatch(/production\/1\.2\.0\/1 +rolled back .*linus.*A check failed/);
    expect(second).toMatch(/production\/1\.1\.0\/1 +rejected .*linus +ada rejected the release: not today/);
    expect(JSON.parse(json.out)).toMatchObject({ releases: [{ id: ids[1], outcome: 'rolled back' }] });
    expect(none).toMatchObject({ code: 0, out: containing('no release since 2099-01-01: without --since') });
    expect(json.err).toContain('--limit shows more');
  });

  it.each([
    [['history', 'moon'], 'no environment moon'],
    [['history', '--env', 'moon'], 'no environment moon'],
    [['history', 'production', '--env', 'moon'], 'name one environment'],
    [['history', '--limit', '0'], '--limit needs a number from 1'],
    [['history', '--since', 'yesterday'], '--since needs a date'],
    [['show', '9.9.9'], 'The ledger knows no release 9.9.9.\nList them with `slipway history`'],
    [['show', 'moon/1.0.0/1'], 'no environment moon'],
  ])('refuses %j', async (args, words) => {
    expect(await slipway(args, options)).toMatchObject({ code: 2, out: '', err: containing(words) });
  });
});

describe('slipway show', () => {
  it('tells everything of a release that Temporal no longer knows', async () => {
    const [text, json] = await Promise.all([
      slipway(['show', 'production/1.2.0/1'], options),
      slipway(['show', '1.2.0', '--json'], options),
    ]);
    expect(text).toMatchObject({ code: 0, err: '' });
    const parts = [
      '1.2.0 → production was rolled back',
      'why: A check failed',
      'approve by ada (claimed)',
      '│ ',
      'Undo records, each written before its effect',
      'move:web (pointer of web)',
      'move:web: undone',
      'rolling back',
      'Live in production, as the last release left it',
      'api 1.0.0',
    ];
    const places = parts.map((part) => text.out.indexOf(part));
    expect(places).not.toContain(-1);
    expect(JSON.parse(json.out)).toMatchObject({
      id: ids[1],
      outcome: 'rolled back',
      plans: [{ n: 1, plan: { version: '1.2.0' } }],
      decisions: [{ kind: 'approve', by: 'ada', accepted: true }],
      undoRecords: [{ n: 1 }, { n: 2 }, { n: 3 }],
      live: [
        { service: 'api', commit: await all.shop.commitOf('1.0.0') },
        { service: 'web', commit: await all.shop.commitOf('1.0.0') },
      ],
    });
  });
});

describe('slipway queue and slipway live', () => {
  it('say who holds an environment and who is under way, what is on hold and what runs', async () => {
    const waiting = await all.release('1.3.0');
    const [queue, json, live] = await Promise.all([
      slipway(['queue', 'production'], options),
      slipway(['queue', '--json'], options),
      slipway(['live', 'production'], options),
    ]);
    expect(queue).toMatchObject({ code: 0, err: '' });
    expect(queue.out).toContain('  free\n');
    expect(queue.out).toMatch(
      / {2}- {2}\S+1\.3\.0\/1, asked for by linus at .*: being looked at, or waiting for approval/,
    );
    expect(queue.out).toMatch(/on hold: 1\.2\.0 was rolled back at .*A check failed/);
    expect(JSON.parse(json.out)).toMatchObject({
      environments: { production: { holder: null, queue: [{ releaseId: waiting.id }], holds: { '1.2.0': {} } } },
    });
    expect(live.out).toMatch(/ {2}api +1\.0\.0 .*since .*UTC/);
  });

  it('say what a look has seen, and take what is there for what is meant to be there', async () => {
    const drift = await slipway(['drift', 'production'], options);
    expect(drift).toMatchObject({ code: 0, err: '', out: containing('api runs 1.0.0') });
    expect(drift.out).toContain(': in step; ');
    const known = await slipway(['drift', 'production', '--no-look', '--json'], options);
    expect(JSON.parse(known.out)).toMatchObject({ look: null, watch: { services: { api: { inStep: 1 } } } });
    const [left, other] = [await all.shop.commitOf('1.0.0'), await all.shop.commitOf('1.1.0')];
    const restore = ['drift', 'production', '--restore'];
    expect(await slipway(restore, options)).toMatchObject({ code: 2, err: containing('--restore needs --reason') });
    restore.push('--reason', 'nobody knows why');
    expect(await slipway(restore, options)).toMatchObject({ code: 0, out: containing('is in step already') });
    await all.shop.push(`+${other}:refs/heads/production`);
    await eventually('web was moved by hand', async () => all.shop.live()['web'] === other || undefined);
    const restored = await slipway(restore, options);
    expect(restored).toMatchObject({ code: 0, out: containing('putting back what its last release left') });
    expect(all.shop.live()['web']).toBe(left);
    const adopt = ['environment', 'adopt', 'production', '--reason'];
    expect(await slipway([...adopt, ' '], options)).toMatchObject({ code: 2, err: containing('people will ask why') });
    expect(await slipway([...adopt, 'as it was'], options)).toMatchObject({
      code: 0,
      out: containing('production is taken as it is: api 1.0.0, web 1.0.0.'),
    });
  });

  it('say no to a version on hold, to a release that is not there, and to a reason that is none', async () => {
    const onHold = await slipway(['release', '1.2.0', '--env', 'production', '--detach'], options);
    expect(onHold).toMatchObject({ code: 3, err: matching(/Version 1\.2\.0 is on hold[^]*--again/) });
    const noReason = await slipway(['release', '1.2.0', '--env', 'production', '--again', ' '], options);
    expect(noReason).toMatchObject({ code: 2, err: containing('--again needs a reason') });
    const unknown = await slipway(['queue', 'production', '--first', '9.9.9'], options);
    expect(unknown).toMatchObject({ code: 2, err: containing('There is no release 9.9.9') });
    const byHand = await slipway(['queue', 'production', '--first', '1.3.0', '--print-payload', '--json'], options);
    expect(JSON.parse(byHand.out)).toMatchObject({
      environment: 'production',
      kind: 'moveInQueue',
      payload: { to: 'first', releaseId: matching(/\/1\.3\.0\/1$/) },
    });
    const placed = await slipway(['queue', 'production', '--first', '1.3.0', '--reason', 'it mends'], options);
    expect(placed).toMatchObject({ code: 0, out: containing('/1.3.0/1 is first in the queue now') });
  });
});
