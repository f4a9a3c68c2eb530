import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../../examples/shop/project-root';
import { eventually } from '../support/eventually';
import { freePort } from '../support/free-port';
import { startDenyingTemporal } from '../support/denying-temporal';
import { testLedgerUrl } from '../support/test-ledger';

const program = join(projectRoot, 'dist', 'worker', 'main.js');
let worker: ChildProcess | undefined;
let log = '';

/** `ipc` = with a channel to its parent, as `slipway dev` starts one. */
let channel: 'ipc'[] = [];

function startWorker(env: Record<string, string>, ...args: string[]): ChildProcess {
  log = '';
  worker = spawn(process.execPath, [program, '--project', 'shop', '--env', 'production', ...args], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], SLIPWAY_DATABASE_URL: testLedgerUrl(), ...env },
    stdio: ['ignore', 'ignore', 'pipe', ...channel],
  });
  worker.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  return worker;
}

const ended = (child: ChildProcess) =>
  eventually('the worker ends', () =>
    child.exitCode === null && child.signalCode === null ? undefined : { code: child.exitCode },
  );

const health = (port: number) =>
  fetch(`http://127.0.0.1:${port}/healthz`).then(
    async (response) => ({ status: response.status, body: (await response.json()) as Record<string, unknown> }),
    () => undefined,
  );

afterEach(async () => {
  channel = [];
  if (worker && worker.exitCode === null && worker.signalCode === null) worker.kill('SIGKILL');
});

describe('the worker program', () => {
  test('answers for its health, speaks JSON lines, and ends in order when asked', async () => {
    const port = await freePort();
    const child = startWorker(
      { TEMPORAL_ADDRESS: process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS']! },
      '--health-port',
      String(port),
    );
    const answer = await eventually('it is healthy', async () => {
      const seen = await health(port);
      return seen?.status === 200 ? seen : undefined;
    });
    expect(answer.body).toMatchObject({ state: 'RUNNING', taskQueue: 'slipway/shop/production' });
    child.kill('SIGTERM');
    expect(await ended(child)).toEqual({ code: 0 });
    const lines = log.trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toContain('worker is ready');
  });

  test.each([
    ['a signal', (child: ChildProcess) => child.kill('SIGTERM')],
    ['the end of its parent', (child: ChildProcess) => child.disconnect()],
    ['both', (child: ChildProcess) => (child.kill('SIGTERM'), child.disconnect())],
  ])('with a parent, ends in order by %s', async (_, end) => {
    channel = ['ipc'];
    const child = startWorker({ TEMPORAL_ADDRESS: process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS']! });
    const isReady = new Promise((resolve) => child.once('message', resolve));
    expect(await isReady).toEqual({ ready: true });
    end(child);
    expect({ ...(await ended(child)), log }).toEqual({ code: 0, log: expect.not.stringContaining('Error') as string });
  });

  test('that lost its parent before it had reached Temporal does not stay', async () => {
    channel = ['ipc'];
    const child = startWorker({ TEMPORAL_ADDRESS: `127.0.0.1:${await freePort()}` });
    await eventually('it waits', () => (log.includes('Temporal does not answer yet') ? true : undefined));
    child.disconnect();
    expect(await ended(child)).toEqual({ code: 0 });
  });

  test('waits for a Temporal that is not there yet, and says so', async () => {
    const child = startWorker({ TEMPORAL_ADDRESS: `127.0.0.1:${await freePort()}` });
    await eventually('it says what it waits for', () =>
      log.includes('Temporal does not answer yet') ? true : undefined,
    );
    child.kill('SIGTERM');
    expect(await ended(child)).toEqual({ code: 0 });
  });

  test('ends at once, with one sentence, where the namespace does not exist', async () => {
    const child = startWorker({
      TEMPORAL_ADDRESS: process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS']!,
      TEMPORAL_NAMESPACE: 'nowhere',
    });
    expect(await ended(child)).toEqual({ code: 2 });
    expect(log).toMatch(/has no namespace nowhere\.\s+Set TEMPORAL_NAMESPACE/);
  });

  test.each([
    [16, 'Request unauthenticated.'],
    [7, 'Request unauthorized.'],
  ])('ends at once, with one sentence, where its key is refused (gRPC status %i)', async (status, words) => {
    const temporal = await startDenyingTemporal(status, words);
    const child = startWorker({ TEMPORAL_ADDRESS: temporal.address });
    expect(await ended(child)).toEqual({ code: 3 });
    expect(log).toContain(
      `The Temporal server at ${temporal.address} refuses these credentials: ${words}\nCheck TEMPORAL_API_KEY`,
    );
    temporal.close();
  });

  test.each([
    ['', 'not set on the worker'],
    ['mysql://somewhere', 'no PostgreSQL address'],
  ])('refuses to start without a ledger (SLIPWAY_DATABASE_URL=%s), and says what to do', async (url, problem) => {
    const child = startWorker({
      TEMPORAL_ADDRESS: process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS']!,
      SLIPWAY_DATABASE_URL: url,
    });
    expect(await ended(child)).toEqual({ code: 2 });
    expect(log).toContain(`There is no ledger: SLIPWAY_DATABASE_URL is ${problem}.\nSet it, on the worker,`);
  });
});
