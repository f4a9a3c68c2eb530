import { noopMetricMeter, type MetricMeter, type MetricTags } from '@temporalio/common';
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { projectRoot } from '../../examples/shop/project-root';
import { errorTable } from '../../release/errors';
import { outcomes } from '../../release/phase';
import { eventually } from '../support/eventually';
import { readExposition, type Exposition } from '../support/exposition';
import { ask } from '../support/refused-releases';
import { startSlipway, type Slipway } from '../support/slipway';
import { testLedgerUrl } from '../support/test-ledger';
import { countOpenReleases } from '../../worker/metrics';

const program = join(projectRoot, 'dist', 'worker', 'main.js');
const children: ChildProcess[] = [];
let slipway: Slipway;
let port: number;
let taken: ReturnType<typeof createServer>;

beforeAll(async () => {
  slipway = await startSlipway({ worker: false });
  port = await freePort();
});
afterAll(async () => {
  for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  taken?.close();
  await slipway?.stop();
});

function startWorker(args: readonly string[], env: Record<string, string> = {}): ChildProcess & { said(): string } {
  const child = spawn(process.execPath, [program, '--project', slipway.project.name, '--env', 'production', ...args], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      TEMPORAL_ADDRESS: process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS'],
      SLIPWAY_DATABASE_URL: testLedgerUrl(),
      SLIPWAY_CACHE: join(slipway.workspaces, '..'),
      ...slipway.shop.env,
      ...env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  children.push(child);
  let said = '';
  child.stderr.on('data', (part: Buffer) => (said += part.toString()));
  return Object.assign(child, { said: () => said });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await new Promise((resolve) => server.once('listening', resolve));
  const { port: free } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return free;
}

async function scrape(): Promise<Exposition> {
  return readExposition(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text());
}

const scraped = (what: string, holds: (seen: Exposition) => boolean) =>
  eventually(what, async () => {
    const seen = await scrape().catch((problem: Error) => {
      if (problem.message === 'fetch failed') return undefined;
      throw problem;
    });
    return seen && holds(seen) ? seen : undefined;
  });

test('what releases come to can be scraped from their worker, beside what the SDK measures', async () => {
  startWorker(['--metrics-port', String(port)]);
  const ended = (seen: Exposition) => seen.samples.filter(({ name }) => name === 'slipway_releases_total');
  const before = ended(await scraped('a worker', (now) => ended(now).length > 0));
  expect(before.map(({ value }) => value)).toEqual(outcomes.map(() => 0));
  expect(await (await slipway.approved('1.1.0')).result()).toMatchObject({ outcome: 'finished' });
  // Broken: its smoke check fails, and it is rolled back.
  expect(await (await slipway.approved('1.2.0')).result()).toMatchObject({ outcome: 'rolled back' });
  const place = { project: slipway.project.name, environment: 'production' };
  const seen = await scraped('both are counted', (now) =>
    ['finished', 'rolled back'].every((outcome) => now.value('slipway_releases_total', { ...place, outcome }) === 1),
  );
  // What was there at 0 has grown: a new series beside it would show no growth.
  expect(ended(seen)).toHaveLength(before.length);
  expect(seen.value('slipway_release_duration_seconds_count', { ...place, outcome: 'rolled back' })).toBe(1);
  expect(seen.value('slipway_step_duration_seconds_count', { step: 'move', result: 'done' })).toBe(4);
  expect(seen.value('slipway_step_duration_seconds_count', { step: 'smoke', result: 'failed' })).toBe(1);
  expect(seen.value('slipway_step_duration_seconds_count', { step: 'undo move', result: 'done' })).toBe(2);
  expect(seen.value('slipway_compensations_total', { step: 'move', how: 'undone' })).toBe(2);
  expect(seen.value('slipway_compensations_total', { step: 'migrate', how: 'undone' })).toBe(1);
  expect(seen.value('slipway_releases_open', { ...place, phase: 'needs attention' })).toBe(0);
  expect(seen.value('slipway_activity_failures_total', { activityType: 'watchChecks' })).toBeUndefined();
  expect(seen.value('slipway_ledger_backlogs_open', place)).toBe(0);
  expect(seen.types.get('temporal_activity_execution_latency_seconds')).toBe('histogram');
  expect(seen.types.get('temporal_worker_task_slots_available')).toBe('gauge');
});

test('an activity that fails is counted under the code of its error', async () => {
  const { api } = slipway.project.services;
  const broken = { ...api!, repository: { ...api!.repository, url: '/nowhere/shop.git' } };
  const project = { ...slipway.project, services: { ...slipway.project.services, api: broken } };
  const release = await ask(slipway, '1.3.0', () => project);
  await release.result();
  const seen = await scraped('the failure is counted', (now) => failures(now).length > 0);
  for (const { labels } of failures(seen)) expect(Object.keys(errorTable)).toContain(labels['code']);
});

test('a release that waits is counted as waiting, whichever worker began it', async () => {
  const seen = new Map<string, number>();
  const place = { project: slipway.project.name, environment: 'production' };
  const stop = countOpenReleases(slipway.client, meterInto(seen), place, (problem) => expect(problem).toBe(''), 100);
  const release = await slipway.release('1.3.0');
  await eventually('it is counted', () => seen.get('awaiting approval') === 1 || undefined);
  await release.in('awaiting approval');
  await release.decide('reject', { by: 'ada', comment: 'seen' });
  await eventually('it is counted no more', () => seen.get('awaiting approval') === 0 || undefined);
  stop();
});

test('labels are bounded: no version, service, commit or person makes a series of its own', async () => {
  const ours = (await scrape()).samples.filter(({ name }) => name.startsWith('slipway_'));
  const keys = new Set(ours.flatMap(({ labels }) => Object.keys(labels)));
  const known = ['project', 'environment', 'outcome', 'phase', 'step', 'result', 'how', 'code', 'le'];
  const sdk = ['namespace', 'task_queue', 'taskQueue', 'service_name', 'workflowType', 'activityType'];
  expect([...keys].filter((key) => ![...known, ...sdk].includes(key))).toEqual([]);
  const values = new Set(ours.flatMap(({ labels }) => Object.values(labels)));
  expect([...values].filter((value) => /api|web|linus|ada|\d\.\d\.\d/.test(value))).toEqual([]);
});

test('every metric of Slipway is described in docs/workers.md', async () => {
  const page = readFileSync(join(projectRoot, 'docs', 'workers.md'), 'utf8');
  const families = [...(await scrape()).types.keys()].filter((name) => name.startsWith('slipway_'));
  expect(families.length).toBeGreaterThan(5);
  expect(families.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

test('a port that is taken, or is none, ends the worker with one sentence', async () => {
  taken = createServer().listen(0, '0.0.0.0');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port: busy } = taken.address() as AddressInfo;
  const ended = async (worker: ReturnType<typeof startWorker>) => {
    const code = await eventually('it ends', () => worker.exitCode ?? undefined);
    return { code, said: worker.said() };
  };
  expect(await ended(startWorker(['--metrics-port', String(busy)]))).toMatchObject({
    code: 2,
    said: expect.stringContaining(`metrics cannot be served on port ${busy}`) as string,
  });
  expect(await ended(startWorker([], { SLIPWAY_METRICS_PORT: 'ninety' }))).toMatchObject({
    code: 2,
    said: expect.stringContaining('must be a number from 1 to 65535, not ninety') as string,
  });
});

/** A meter that keeps the newest value of each phase. */
function meterInto(seen: Map<string, number>): MetricMeter {
  const gauge = {
    set: (value: number, tags: MetricTags = {}) => void (tags['phase'] && seen.set(String(tags['phase']), value)),
  };
  return {
    ...noopMetricMeter,
    createGauge: () => ({ ...noopMetricMeter.createGauge('', 'int'), ...gauge }),
  } as unknown as MetricMeter;
}

const failures = (seen: Exposition) => seen.samples.filter(({ name }) => name === 'slipway_activity_failures_total');
