/** What would stop a release, and an environment that is watched, at the command line. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSlipway as startEverything, type Slipway } from '../support/slipway';
import { endAll, slipway, startSlipway, type RunOptions } from './run-slipway';

let all: Slipway;
let options: RunOptions;

beforeAll(async () => {
  all = await startEverything();
  const text = readFileSync(all.shop.configFile, 'utf8').replace(/^project: .*$/m, `project: ${all.project.name}`);
  writeFileSync(join(all.shop.folder, 'slipway.yaml'), text);
  const env = {
    TEMPORAL_ADDRESS: process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS'],
    SLIPWAY_USER: 'ada',
  };
  options = { cwd: all.shop.folder, env };
}, 120_000);
afterEach(endAll);
afterAll(() => all?.stop());

test('explain says who is asked, and what a version that is not there would need', async () => {
  const [good, gone] = await Promise.all([
    slipway(['explain', '1.1.0', '--env', 'production'], options),
    slipway(['explain', '9.9.9', '--env', 'production', '--json'], options),
  ]);
  expect(good).toMatchObject({ code: 0, err: '' });
  expect(good.out).toContain('1.1.0 to production, as it stands now');
  expect(good.out).toContain('  approval approval: 1 of ada, grace');
  expect(good.out).toContain('Nothing would stop it.');
  expect(gone.code).toBe(3);
  expect(JSON.parse(gone.out)).toMatchObject({
    version: '9.9.9',
    verdict: 'failed',
    obstacles: [{ kind: 'stops', what: 'VERSION_UNKNOWN' }],
  });
});

test('a watched environment tells who comes and goes, until Ctrl-C', async () => {
  const watching = startSlipway(['watch', 'production'], options);
  await watching.saw('free, and nothing is under way');
  const release = await all.release('1.1.0');
  await watching.saw(`${release.id} was started for linus`);
  await watching.saw(`${release.id}: awaiting approval`);
  await release.decide('reject', { by: 'grace', comment: 'not today' });
  await watching.saw('rejected');
  const again = await slipway(['explain', '1.1.0', '--env', 'production'], options);
  expect(again.code).toBe(0);
  watching.process.kill('SIGINT');
  expect((await watching.ended).code).toBe(130);
});
