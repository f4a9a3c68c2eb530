/** Bad input to the command line at a real shop with a real worker: errors, exit codes, and nothing changed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorCode } from '../../release/errors';
import { expectUnchanged, footprint } from '../support/nothing-changed';
import { startSlipway as startEverything, type Slipway } from '../support/slipway';
import { containing, matching } from './matchers';
import { refused, refusedAloud } from './refused';
import { aFolder, endAll, slipway, type RunOptions } from './run-slipway';

let all: Slipway;
let options: RunOptions;
const env: Record<string, string> = {};
const folders: { remove(): void }[] = [];
const as = (name: string): RunOptions => ({ ...options, env: { ...options.env, SLIPWAY_USER: name } });
/** The shop's slipway.yaml, changed, in a folder of its own. */
const changed = (from: string, to: string): RunOptions => {
  const text = readFileSync(join(all.shop.folder, 'slipway.yaml'), 'utf8');
  expect(text).toContain(from);
  const made = aFolder();
  folders.push(made);
  const file = join(made.path, 'slipway.yaml');
  writeFileSync(file, text.replaceAll('./shop.git', all.shop.remote).replaceAll(from, to));
  return { ...as('ada'), cwd: made.path };
};

beforeAll(async () => {
  all = await startEverything({ env });
  const text = readFileSync(all.shop.configFile, 'utf8').replace(/^project: .*$/m, `project: ${all.project.name}`);
  writeFileSync(join(all.shop.folder, 'slipway.yaml'), text);
  options = { cwd: all.shop.folder, env: { TEMPORAL_ADDRESS: process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS'] } };
});
afterEach(endAll);
afterAll(async () => {
  folders.forEach((made) => made.remove());
  await all.stop();
});

it.each<[string, string, [string, string], ErrorCode, RegExp]>([
  ['a version', '9.9.9', ['main', 'main'], 'VERSION_UNKNOWN', /there is no version 9\.9\.9/],
  ['a repository', '1.1.0', ['shop.git', 'nowhere.git'], 'REMOTE_MISSING', /no git repository at .*nowhere\.git/],
  [
    'a variable',
    '1.1.0',
    ['HOSTING_URL', 'NOT_SET'],
    'ENV_REFERENCE_UNDEFINED',
    /NOT_SET \(needed by services\.api\.pointer, services\.web\.pointer\)/,
  ],
])(
  '%s that is not there stops the plan, and the release says the same',
  async (_, version, [from, to], code, words) => {
    const before = await footprint(all);
    const wrong = changed(from, to);
    const error = await refusedAloud(['plan', version, '--env', 'production'], wrong);
    expect(error).toMatchObject({ code, message: matching(words) });
    const released = await slipway(['release', version, '--env', 'production', '--json'], wrong);
    expect(released.code).toBe(1);
    expect(JSON.parse(released.out)).toMatchObject({
      outcome: 'stopped',
      result: { failure: { code, message: matching(words), todo: error.todo } },
    });
    await expectUnchanged(all, before);
  },
);

it('a release that stopped tells people why and what to do', async () => {
  const { code, out, err } = await slipway(['release', '9.9.9', '--env', 'production'], as('ada'));
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(out).toMatch(/^why: Service \w+: there is no version 9\.9\.9: .* \(VERSION_UNKNOWN\)$/m);
  expect(out).toMatch(/^what to do: Known versions: 1\.3\.0, /m);
});

it('a plan whose gates are closed ends with 3, one whose gates cannot be told with 4', async () => {
  const before = await footprint(all);
  env['CLOSED'] = all.shop.databaseUrl.replace(/\/\w+$/, '/nowhere');
  env['SILENT'] = 'postgres://nobody@127.0.0.1:1/shop';
  const plan = ['plan', '1.1.0', '--env', 'production', '--json'];
  const closed = await slipway(plan, changed('API_DATABASE_URL', 'CLOSED'));
  const silent = await slipway(plan, changed('API_DATABASE_URL', 'SILENT'));
  const verdicts = [closed, silent].map(({ code, out }) => {
    const { gates } = JSON.parse(out) as { gates: { id: string; verdict: string; detail: string }[] };
    return [code, gates.find(({ id }) => id === 'database:api')];
  });
  expect(verdicts).toEqual([
    [3, expect.objectContaining({ verdict: 'failed', detail: containing('"nowhere" does not exist') })],
    [4, expect.objectContaining({ verdict: 'unknown', detail: containing('ECONNREFUSED') })],
  ]);
  await expectUnchanged(all, before);
});

it('a second release of a version, an approval of another plan and a late one are refused, each once', async () => {
  const release = await all.release('1.1.0');
  await release.in('awaiting approval');
  const before = await footprint(all);
  expect(await refusedAloud(['release', '1.1.0', '--env', 'production'], as('ada'))).toMatchObject({
    code: 'RELEASE_RUNNING',
    message: `Release ${release.id} of the same version is still running.`,
  });
  expect(await refusedAloud(['approve', '--digest', 'ffffffff'], as('ada'))).toMatchObject({
    code: 'DECISION_REFUSED',
    message: matching(/it names plan ffffffff, but the plan is now [0-9a-f]{12}: read that one, then approve it/),
  });
  await expectUnchanged(all, before);
  await release.decide('reject', { by: 'linus' });
  await release.result();
  const after = await footprint(all);
  for (const args of [
    ['approve', '1.1.0', '--digest', 'ffffffff'],
    ['reject', '1.1.0'],
    ['resolve', '1.1.0', 'retry'],
  ]) {
    expect(await refused(args, as('ada'))).toMatchObject({
      code: 'RELEASE_FINISHED',
      message: containing('is finished (rejected): your decision was not counted'),
    });
  }
  await expectUnchanged(all, after);
});
