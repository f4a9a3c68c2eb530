/** A great many requests to one environment at once, while its workers fall: none lost, none twice, in order. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { SlipwayError } from '../../release/errors';
import { requestRelease } from '../../client';
import { environmentWorkflowId } from '../../release/identity';
import { environmentStart } from '../../workflows/environment-start';
import type { ReleaseRequest } from '../../workflows/messages';
import { CrashWorkers } from '../support/crash-workers';
import { startSlipway, type Slipway } from '../support/slipway';

/** All at the same moment; a share of them where the whole matrix would take too long. */
const count = process.env['SLIPWAY_CRASH_SHARE'] ? 60 : 200;

let slipway: Slipway;
let workers: CrashWorkers;

beforeAll(async () => {
  slipway = await startSlipway({ worker: false });
  const { taskQueue, workspaces, shop } = slipway;
  const temporalAddress = process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS']!;
  workers = new CrashWorkers({ taskQueue, workspaces, temporalAddress, env: shop.env });
  await workers.refill();
});
afterAll(async () => {
  await workers?.killAll();
  await slipway?.stop();
});

test(`${count} requests at once, a worker killed every two seconds: each is answered once, in the order in which they came`, async () => {
  const { client, project } = slipway;
  const { workflowId, args, ...start } = environmentStart(project.name, 'production');
  // So that its history begins anew several times meanwhile.
  await client.workflow.start('environment', { workflowId, ...start, args: [{ ...args[0]!, longHistory: 150 }] });
  const over = new AbortController();
  const killing = killOneByOne(over.signal);
  // Versions that nobody made: each release ends as soon as it has looked, and what is measured is the environment.
  const requests = Array.from({ length: count }, (_, n): ReleaseRequest => ({
    project,
    environment: 'production',
    version: `7.${n}.0`,
    commit: null,
    requestedBy: 'linus',
    requestId: `request-${n}`,
  }));
  const started = await Promise.all(requests.map((request) => askUntilAnswered(client, request)));
  over.abort();
  expect(await killing).toBeGreaterThan(0);
  expect([...started].sort()).toEqual(
    requests.map(({ version }) => `release/${project.name}/production/${version}/1`).sort(),
  );
  const { came, begun, runs } = await accountOf(client, environmentWorkflowId(project.name, 'production'));
  expect(begun).toEqual(came);
  expect(runs).toBeGreaterThan(1);
  // The same request again is still the same.
  const again = await askUntilAnswered(client, requests[count - 1]!);
  expect(again).toBe(started[count - 1]);
}, 300_000);

/** As a script does: a request whose answer was not heard is sent again. */
async function askUntilAnswered(client: Client, request: ReleaseRequest): Promise<string> {
  for (;;) {
    try {
      return (await requestRelease(client, request, 60_000)).releaseId;
    } catch (error) {
      const isSilence = error instanceof SlipwayError && ['NO_WORKER', 'REQUEST_UNANSWERED'].includes(error.code);
      if (!isSilence) throw error;
    }
  }
}

async function killOneByOne(over: AbortSignal): Promise<number> {
  for (let kills = 0; ; kills++) {
    await sleep(2_000, undefined, { signal: over }).catch(() => undefined);
    if (over.aborted) return kills;
    await workers.all[kills % 2]?.kill();
    await workers.refill();
  }
}

/** From the histories of all runs of the environment: versions as their requests came, each once, and as they were begun. */
async function accountOf(client: Client, workflowId: string) {
  const came: string[] = [];
  const begun: string[] = [];
  const runs: string[] = [];
  for (let run = await newestRun(client, workflowId); run; run = await runBefore(client, workflowId, run)) {
    runs.unshift(run);
  }
  for (const run of runs) {
    const { events } = await client.workflow.getHandle(workflowId, run).fetchHistory();
    for (const event of events ?? []) {
      const signal = event.workflowExecutionSignaledEventAttributes;
      const child = event.startChildWorkflowExecutionInitiatedEventAttributes;
      const data = signal?.signalName === 'requestRelease' ? signal.input?.payloads?.[0]?.data : undefined;
      if (data) came.push((JSON.parse(Buffer.from(data).toString()) as ReleaseRequest).version);
      if (child?.workflowType?.name === 'release') begun.push(child.workflowId!.split('/').at(-2)!);
    }
  }
  return { came: [...new Set(came)], begun, runs: runs.length };
}

const newestRun = async (client: Client, workflowId: string): Promise<string> =>
  (await client.workflow.getHandle(workflowId).describe()).runId;

async function runBefore(client: Client, workflowId: string, runId: string): Promise<string> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  return events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? '';
}
