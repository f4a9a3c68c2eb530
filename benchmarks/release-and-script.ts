/** A whole release against a plain script that does the same work, on two shops that are the same. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { git, gitEnvironment } from '../examples/shop/git';
import { projectRoot } from '../examples/shop/project-root';
import { ofTimes, type Effort, type Measure } from './measure';
import type { MeasuredShop } from './measured-shop';
import type { Stage } from './stage';
import { summarise } from './statistics';

/** Readings in a row that prove a version live, and milliseconds between them: for both. */
const READINGS = 3;
const INTERVAL = 20;

export async function measureReleaseAndScript(stage: Stage, { pairs }: Effort): Promise<Measure[]> {
  const released = await stage.openShop('released', {
    configure: (form) => {
      form.environments['production']!['approvals'] = [];
      Object.assign(form.services['api']!['live'] as object, { readings: READINGS, interval: `${INTERVAL}ms` });
    },
  });
  const scripted = await stage.openShop('scripted');
  await stage.hire(released);
  const clone = join(scripted.shop.folder, 'clone');
  await git(['clone', '--quiet', scripted.shop.remote, clone]);
  const times = { release: [] as number[], script: [] as number[], host: [] as number[] };
  // The first pair only warms up: workspace, connections, caches.
  for (let pair = 0; pair <= pairs; pair++) {
    const release = await timed(released, (version) => byRelease(released, version));
    const script = await timed(scripted, (version) => byScript(scripted, clone, version));
    if (pair === 0) continue;
    times.release.push(release);
    times.script.push(script);
    times.host.push(lastBuild(released), lastBuild(scripted));
  }
  await stage.clear();
  // Each pair by itself: other work on the machine hits both halves of a pair alike.
  const percent = summarise(times.release.map((time, pair) => (100 * time) / times.script[pair]!));
  const added = times.release.map((time, pair) => time - times.script[pair]!);
  return [
    { what: 'release / script', unit: '×', value: percent.median / 100, aim: 2 },
    { what: 'release / script, worst pair', unit: '×', value: percent.max / 100, aim: null },
    ofTimes('release − script', summarise(added), 300),
    ofTimes('release', summarise(times.release), null),
    ofTimes('script', summarise(times.script), null),
    ofTimes('of both: the host’s own build and start', summarise(times.host), null),
  ];
}

async function timed(shop: MeasuredShop, act: (version: string) => Promise<void>): Promise<number> {
  const version = await shop.addVersion();
  const start = performance.now();
  await act(version);
  const time = performance.now() - start;
  // The host must have nothing left to do when the other's turn begins.
  await shop.hosting.quiet();
  return time;
}

async function byRelease(shop: MeasuredShop, version: string): Promise<void> {
  const { outcome, failure } = await shop.result(await shop.request(version));
  if (outcome !== 'finished') throw new Error(`${version} was ${outcome}: ${failure?.message}`);
}

function byScript(shop: MeasuredShop, clone: string, version: string): Promise<void> {
  const child = spawn(join(projectRoot, 'benchmarks', 'plain-release.sh'), [version], {
    cwd: clone,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...gitEnvironment(),
      ...shop.env,
      READINGS: String(READINGS),
      INTERVAL: String(INTERVAL / 1_000),
      RUN_SQL: `${process.execPath} ${join(projectRoot, 'benchmarks', 'run-sql.mjs')}`,
    },
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`the script ended with ${code}`))));
  });
}

function lastBuild({ hosting }: MeasuredShop): number {
  const { queuedAt, endedAt = NaN } = hosting.builds().at(-1)!;
  return endedAt - queuedAt;
}
