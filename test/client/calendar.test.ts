/** The calendar at the command line: seen, frozen, lifted, and a release that was asked for later. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSlipway as startEverything, type Slipway } from '../support/slipway';
import { containing } from './matchers';
import { endAll, slipway, type RunOptions } from './run-slipway';

let all: Slipway;
let options: RunOptions;

beforeAll(async () => {
  all = await startEverything({ env: {} });
  const text = readFileSync(all.shop.configFile, 'utf8').replace(/^project: .*$/m, `project: ${all.project.name}`);
  const calendar =
    'calendar: { zone: Europe/Berlin, windows: [Mon-Thu, Fri until 14:00], freezes: [{ holidays: DE-BE }] }';
  writeFileSync(join(all.shop.folder, 'slipway.yaml'), text.replace(/^( +)embedded: .*$/m, `$&\n$1${calendar}`));
  const env = { TEMPORAL_ADDRESS: process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS'], SLIPWAY_USER: 'ada' };
  options = { cwd: all.shop.folder, env };
}, 120_000);
afterEach(endAll);
afterAll(() => all?.stop());

const later = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);

const on = (at: string) => slipway(['calendar', 'production', '--at', at], options);

test('shows why a moment is closed, when it next opens, and the coming weeks', async () => {
  const [open, closed, json] = await Promise.all([
    on('2026-11-23 10:00'),
    on('2026-12-24T14:00:00Z'),
    slipway(['calendar', 'production', '--at', '2026-12-25', '--weeks', '1', '--json'], options),
  ]);
  expect(open).toMatchObject({ code: 0, err: '' });
  expect(open.out).toContain('production: open until Fri 2026-11-27 14:00 (Europe/Berlin)');
  expect(open.out).toMatch(/^Fri 2026-11-27 +█{14}·{10} +open 00:00–14:00$/m);
  expect(open.out).toMatch(/^Sat 2026-11-28 +·{24} +closed$/m);
  expect(closed.code).toBe(0);
  expect(closed.out).toMatch(/^Fri 2026-12-25 +·{24} +closed +Christmas Day \(DE-BE\) \[freezes\[0\]\]$/m);
  expect(json.code).toBe(3);
  expect(JSON.parse(json.out)).toMatchObject({
    environment: 'production',
    verdict: { verdict: 'closed', opensAt: '2026-12-27T23:00:00.000Z' },
  });
});

test('a freeze is announced, listed, and ended', async () => {
  const said = await slipway(['freeze', 'production', '--for', '2h', '--reason', 'incident 42'], options);
  expect(said).toMatchObject({ code: 0 });
  expect(said.out).toMatch(/^Freeze f1 holds from .* until .* UTC\.$/m);
  const shown = await slipway(['calendar', 'production'], options);
  expect(shown.code).toBe(3);
  expect(shown.out).toMatch(/^ {2}f1 {2}.* by ada: incident 42$/m);
  expect(shown.out).toContain('incident 42, says ada [freeze f1]');
  const ended = await slipway(['unfreeze', 'production', 'f1', '--reason', 'it is over'], options);
  expect(ended).toMatchObject({ code: 0, out: containing('Freeze f1 has ended.') });
  const again = await slipway(['unfreeze', 'production', 'f1', '--reason', 'it is over'], options);
  expect(again).toMatchObject({ code: 3, err: containing('there is no freeze f1 (announced: none)') });
});

test.each([
  [['freeze', 'production', '--reason', 'x'], 'either --for or --until must say how long'],
  [['freeze', 'production', '--reason', 'x', '--for', '2'], '--for needs a length of time such as 15m'],
  [['freeze', 'production', '--reason', 'x', '--until', 'Friday'], '--until needs a moment such as'],
  [['freeze', 'production', '--for', '2h'], '--reason'],
  [['freeze', 'nowhere', '--for', '2h', '--reason', 'x'], 'no environment nowhere'],
  [['calendar', 'production', '--weeks', '99'], '--weeks needs a number from 1 to 26'],
  [['override', 'production/1.1.0/1', 'calendar'], '--reason'],
  [['release', '1.1.0', '--env', 'production', '--at', 'soon'], '--at needs a moment such as'],
  [['release', '1.1.0', '--env', 'production', '--at', '2099-01-05'], '--at may be a year ahead at most'],
  [['release', '1.1.0', '--env', 'production', '--at', '2020-01-05'], '--at is past already: 2020-01-0'],
])('%p is refused before anything is asked', async (args, why) => {
  expect(await slipway(args, options)).toMatchObject({ code: 2, err: containing(why) });
});

test('a release that was asked for later says when it begins, and what to send to let it pass', async () => {
  const asked = await slipway(
    ['release', '1.1.0', '--env', 'production', '--at', `${later} 07:00`, '--detach'],
    options,
  );
  expect(asked).toMatchObject({ code: 0 });
  const approved = await eventuallyApproved();
  expect(approved.out).toContain('approve by ada');
  const status = await waitingStatus();
  expect(status).toContain('waits for the calendar');
  expect(status).toMatch(/asked for not before \w+ \S+ 07:00 \(Europe\/Berlin\) \[at\]/);
  expect(status).toMatch(/; opens at \w+ \S+ \d\d:\d\d \(Europe\/Berlin\)/);
  expect(status).toMatch(/slipway override \S+ calendar --reason "why"/);
});

async function eventuallyApproved() {
  for (;;) {
    const { out } = await slipway(['status', 'production/1.1.0/1', '--json'], options);
    const { phase, plan } = JSON.parse(out) as { phase: string; plan: { digest: string } | null };
    if (phase === 'awaiting approval')
      return slipway(['approve', 'production/1.1.0/1', '--digest', plan!.digest.slice(0, 12)], options);
  }
}

async function waitingStatus(): Promise<string> {
  for (;;) {
    const { out } = await slipway(['status', 'production/1.1.0/1'], options);
    if (out.includes('override')) return out;
  }
}
