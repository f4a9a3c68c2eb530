/** People at the command line, each a process of its own, with a real worker and a real shop. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSlipway as startEverything, type Slipway, type SlipwayOptions } from '../support/slipway';
import { eventually } from '../support/eventually';
import { containing, matching } from './matchers';
import { endAll, slipway, startInTerminal, startSlipway, type RunOptions } from './run-slipway';

let all: Slipway;
let options: RunOptions;

/** A shop and its worker, and how people call slipway in the shop's folder. */
async function given(wanted: SlipwayOptions = {}): Promise<void> {
  all = await startEverything(wanted);
  const text = readFileSync(all.shop.configFile, 'utf8').replace(/^project: .*$/m, `project: ${all.project.name}`);
  writeFileSync(join(all.shop.folder, 'slipway.yaml'), text);
  options = { cwd: all.shop.folder, env: { TEMPORAL_ADDRESS: process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS'] } };
}

const as = (name: string): RunOptions => ({ ...options, env: { ...options.env, SLIPWAY_USER: name } });
const release = (version: string, ...more: string[]) => ['release', version, '--env', 'production', ...more];

const stop = () => all.stop();

/** Until nothing is under way any more. */
const settled = () =>
  eventually('nothing is under way', async () => {
    const { queue, holder } = await all.environmentState();
    return queue.length === 0 && holder === null ? true : undefined;
  });

afterEach(endAll);

describe('slipway at a shop, one story after the other', () => {
  beforeAll(() => given());
  afterAll(stop);

  it('plans without changing anything, and says why it cannot', async () => {
    const before = await all.shop.refs();
    const [plan, json, markdown, unknown] = await Promise.all([
      slipway(['plan', '1.1.0', '--env', 'production'], options),
      slipway(['plan', '1.1.0', '--env', 'production', '--json'], options),
      slipway(['plan', '1.1.0', '--env', 'production', '--markdown'], options),
      slipway(['plan', '9.9.9', '--env', 'production'], options),
    ]);
    expect(plan).toMatchObject({ code: 0, err: '' });
    expect(plan.out).toContain('✓ trunk:api');
    expect(plan.out).toContain('│ ');
    const document = JSON.parse(json.out) as { plan: { services: { commit: string }[] } };
    expect(document.plan.services[0]?.commit).toBe(await all.shop.commitOf('1.1.0'));
    expect(plan.out).toMatch(/\nPlan [0-9a-f]{64}\n/);
    expect(markdown.out).toContain('```sql');
    expect(unknown).toMatchObject({ code: 2, err: containing('there is no version 9.9.9') });
    expect(await all.shop.refs()).toEqual(before);
  });

  it('starts a release and does not wait with --detach', async () => {
    const { code, out } = await slipway(release('1.1.0', '--detach', '--json'), as('ada'));
    expect(code).toBe(0);
    const { releaseId } = JSON.parse(out) as { releaseId: string };
    expect(releaseId).toBe(`release/${all.project.name}/production/1.1.0/1`);
    const held = await slipway(['reject', '--json'], as('ada'));
    expect(JSON.parse(held.out)).toMatchObject({ how: 'judged', releaseId, verdict: { accepted: true } });
    await settled();
  });

  it('leaves the release alone at Ctrl-C; it can be watched again, and refused', async () => {
    const releasing = startSlipway(release('1.1.0'), as('linus'));
    await releasing.saw('Waits for');
    releasing.process.kill('SIGINT');
    expect(await releasing.ended).toMatchObject({ code: 130, err: containing('The release goes on; come back with') });

    const twice = await slipway(release('1.1.0'), as('linus'));
    expect(twice).toMatchObject({ code: 3, err: containing('of the same version is still running') });
    const watching = startSlipway(['watch', '--json'], options);
    await watching.saw('"waitingFor"');
    const rejected = await slipway(['reject', '--reason', 'not today'], as('grace'));
    expect(rejected).toMatchObject({ code: 0, out: containing('accepted') });
    const { code, out } = await watching.ended;
    await settled();
    expect(code).toBe(3);
    const unread = startSlipway(['watch', '1.1.0'], options);
    unread.process.stdout?.destroy();
    // Nobody has read how it ended: that is no success.
    expect((await unread.ended).code).toBe(130);
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { result?: { outcome: string } });
    expect(lines.at(-1)).toMatchObject({ result: { outcome: 'rejected' } });
    expect((await slipway(['status'], options)).out).toContain('No release is running.');
    expect((await slipway(['status', '--all'], options)).out).toMatch(/1\.1\.0\/2 +rejected/);
  });

  it('takes the approval of another person, for the very plan only', async () => {
    const releasing = startSlipway(release('1.1.0', '--yes'), as('linus'));
    await releasing.saw('--yes did not approve: linus (SLIPWAY_USER) is no approver here.');
    await releasing.saw('approval: 1 more of ada, grace');

    const missing = await slipway(['approve'], as('ada'));
    expect(missing).toMatchObject({ code: 2, err: containing('no --digest was given') });
    const other = await slipway(['approve', '--digest', '0123456789ab'], as('ada'));
    expect(other).toMatchObject({ code: 3, err: containing('it names plan 0123456789ab, but the plan is now') });
    const status = JSON.parse((await slipway(['status', '1.1.0', '--json'], options)).out) as {
      plan: { digest: string };
    };
    const digest = status.plan.digest.slice(0, 8);
    const eve = await slipway(['approve', '--digest', digest], as('eve'));
    expect(eve).toMatchObject({ code: 3, err: containing('eve is no approver here') });
    const ada = await slipway(['approve', '--digest', digest, '--comment', 'go'], as('ada'));
    expect(ada).toMatchObject({ code: 0, out: containing('approve by ada, claimed (“go”): accepted') });
    expect(await releasing.ended).toMatchObject({ code: 0, out: containing('finished after') });

    const late = await slipway(['approve', '1.1.0', '--digest', digest], as('grace'));
    expect(late).toMatchObject({ code: 3, err: containing('is finished (finished): your decision was not counted') });
    const finished = await slipway(['status', '1.1.0'], options);
    expect(finished).toMatchObject({ code: 0, out: containing('not counted: eve is no approver here') });
  });
});

describe('slipway at a shop', () => {
  afterEach(stop);

  it('releases, and with --yes an approver approves what was shown', async () => {
    await given();
    const { code, out, err } = await slipway(release('1.1.0', '--yes'), as('ada'));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const steps = [
      'asked for by ada (SLIPWAY_USER)',
      'Undo without Slipway',
      'approve by ada, claimed: accepted',
      'finished after',
    ];
    const places = steps.map((text) => out.indexOf(text));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(-1);
    expect(all.shop.live()).toEqual({ api: await all.shop.commitOf('1.1.0'), web: await all.shop.commitOf('1.1.0') });

    const again = await slipway(release('1.1.0', '--json'), as('ada'));
    expect(again.code).toBe(1);
    expect(JSON.parse(again.out)).toMatchObject({ outcome: 'stopped', result: { failure: { code: 'ALREADY_LIVE' } } });

    const rollback = (who: string, ...more: string[]) =>
      slipway(['rollback', 'production', '--reason', 'checkout fails', ...more], as(who));
    const pressed = await Promise.all([rollback('ada'), rollback('grace')]);
    expect(pressed.map((ran) => ran.code)).toEqual([0, 0]);
    expect(pressed.map((ran) => ran.out.split('\n')[0]).sort()).toEqual([
      // The later one joins the other, or comes when it is done.
      matching(/already (being )?rolled back from 1\.1\.0 to 1\.0\.0/),
      containing('production runs 1.1.0: going back to 1.0.0'),
    ]);
    const commit = await all.shop.commitOf('1.0.0');
    expect(all.shop.live()).toEqual({ api: commit, web: commit });
    const late = await rollback('linus', '--json');
    expect(late.code).toBe(0);
    expect(JSON.parse(late.out)).toMatchObject({
      how: 'nothing',
      words: containing('already rolled back from 1.1.0 to 1.0.0 by'),
    });
    expect(await rollback('linus', '--to', 'no version')).toMatchObject({ code: 2 });
    expect(await slipway(['redeploy', 'production', '--detach'], as('linus'))).toMatchObject({ code: 0 });
  });

  it('says 1 for a release that was rolled back, with its result as JSON', async () => {
    await given();
    const { code, out, err } = await slipway(release('1.2.0', '--yes', '--json'), as('grace'));
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ outcome: 'rolled back', result: { failure: { code: 'CHECK_FAILED' } } });
    expect(err).toContain('rolled back after');
    const old = await all.shop.commitOf('1.0.0');
    expect(all.shop.live()).toEqual({ api: old, web: old });
  });

  it('ends with 5 where a person must decide and there is none, and goes on when one does', async () => {
    await given({ shop: { undo: 'none', services: ['api'] } });
    const yes = release('1.2.0', '--yes');
    const stuck = startSlipway([...yes, '--acknowledge', 'forward-only:api'], as('ada'));
    const { code, err } = await stuck.ended;
    expect({ code, err }).toMatchObject({ code: 5, err: containing('waits for a person: see `slipway status') });
    const resolved = await slipway(['resolve', 'skip', '--reason', 'we go on'], as('ada'));
    expect(resolved).toMatchObject({ code: 0, out: containing('resolve skip by ada') });
  });

  it('does not approve with --yes what must be acknowledged by name', async () => {
    await given({ shop: { undo: 'none', services: ['api'] } });
    const releasing = startSlipway(release('1.1.0', '--yes'), as('ada'));
    await releasing.saw('--yes did not approve: the approval must acknowledge forward-only:api: give --acknowledge.');
    expect(await slipway(['rollback', '--reason', 'no'], as('ada'))).toMatchObject({ code: 0 });
    expect((await releasing.ended).code).not.toBe(0);
  });
});

describe('slipway while no worker answers', () => {
  afterEach(stop);

  it('starts nothing later that it said it did not start', async () => {
    await given({ worker: false });
    expect(await slipway(release('1.1.0'), as('ada'))).toMatchObject({ code: 4, err: containing('No worker answers') });
    await all.restartWorker();
    // The worker is there, has looked at what waits for it, and takes what comes.
    const later = await slipway(release('1.3.0', '--detach', '--json'), as('ada'));
    expect(later.code).toBe(0);
    const { releases } = JSON.parse((await slipway(['status', '--all', '--json'], options)).out) as {
      releases: { version: string }[];
    };
    expect(releases.map(({ version }) => version)).toEqual(['1.3.0']);
  });

  it('counts a decision that was sent meanwhile, once, when a worker is back', async () => {
    await given();
    const waiting = await all.release('1.1.0');
    const { plan } = await waiting.in('awaiting approval');
    await all.stopWorker();
    const digest = plan!.digest.slice(0, 12);
    const sent = await slipway(['approve', '--digest', digest, '--json'], as('ada'));
    expect({ code: sent.code, answer: JSON.parse(sent.out) as object }).toMatchObject({
      code: 4,
      answer: { how: 'sent' },
    });
    await all.restartWorker();
    expect(await slipway(['watch', '1.1.0'], options)).toMatchObject({ code: 0, out: containing('finished after') });
    const { approvals, verdicts } = await waiting.state();
    expect(approvals.map(({ by }) => by)).toEqual(['ada']);
    expect(verdicts).toHaveLength(1);
  });
});

// `script` of util-linux gives a program a terminal.
const inTerminal = process.platform === 'linux' ? describe : describe.skip;

inTerminal('slipway in a terminal, one story after the other', () => {
  beforeAll(() => given());
  afterAll(stop);

  it('approves nothing when the person types anything else, and takes the question back when another decides', async () => {
    const approving = startInTerminal(release('1.1.0'), as('ada'));
    await approving.saw('Approve plan ');
    approving.type('maybe\r');
    await approving.saw('Waits for');
    const second = startInTerminal(['approve'], as('grace'));
    await second.saw('Approve plan ');
    expect(await slipway(['reject', '--reason', 'not today'], as('ada'))).toMatchObject({ code: 0 });
    expect(await second.ended).toMatchObject({ code: 3, out: containing('Nothing was approved.') });
    expect((await approving.ended).code).toBe(3);
    await settled();
  });

  it('lets a person choose among several releases by number', async () => {
    for (const version of ['1.1.0', '1.3.0']) await slipway(release(version, '--detach'), as('linus'));
    const rejecting = startInTerminal(['reject'], as('ada'));
    await rejecting.saw('Number: ');
    rejecting.type('2\r');
    expect(await rejecting.ended).toMatchObject({ code: 0, out: containing('accepted') });
    const { releases } = JSON.parse((await slipway(['status', '--json'], options)).out) as { releases: unknown[] };
    expect(releases).toHaveLength(1);
    await slipway(['reject'], as('ada'));
    await settled();
  });

  it('ends the question and the watching at Ctrl-C, and leaves the release waiting', async () => {
    const releasing = startInTerminal(release('1.1.0'), as('ada'));
    await releasing.saw('Approve plan ');
    releasing.type('\u0003');
    expect(await releasing.ended).toMatchObject({ code: 130, out: containing('The release goes on; come back with') });
    expect((await slipway(['status'], options)).out).toContain('awaiting approval');
    await slipway(['reject'], as('ada'));
    await settled();
  });

  it('shows the plan and asks an approver, who types yes', async () => {
    const releasing = startInTerminal(release('1.1.0'), as('ada'));
    await releasing.saw('Approve plan ');
    releasing.type('yes\r');
    const { code, out } = await releasing.ended;
    expect({ code, out }).toMatchObject({ code: 0, out: containing('approve by ada, claimed: accepted') });
    expect(out).toContain('finished after');
    // Colours, and a block that was taken away and drawn again.
    expect(out).toContain('A\u001b[0J');
  });
});
