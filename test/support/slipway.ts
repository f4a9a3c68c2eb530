/** A whole Slipway for one test: a shop, a project of its own name, a real worker in this process, and a client. */
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, type Worker } from '@temporalio/worker';
import { createLedger } from '../../activities/ledger/ledger';
import { createRedactor } from '../../activities/redaction';
import { decide, releaseState, requestRelease, waitForResult, type DecisionPayload, type Delivery } from '../../client';
import { parseProject } from '../../config/load-project';
import type { DecisionKind } from '../../release/decision';
import { environmentWorkflowId, taskQueueName } from '../../release/identity';
import type { Phase } from '../../release/phase';
import type { Environment, Project } from '../../release/project';
import type { ReleaseResult, ReleaseState } from '../../release/state';
import { createReleaseWorker } from '../../worker/create-worker';
import { wire } from '../../worker/wiring';
import { environmentStateQuery, type EnvironmentState } from '../../workflows/messages';
import { readFile } from 'node:fs/promises';
import { projectRoot } from '../../examples/shop/project-root';
import { eventually } from './eventually';
import { testLedgerUrl } from './test-ledger';
import { aShop, type ShopOptions, type TestShop } from './shop';

export interface SlipwayOptions {
  readonly shop?: ShopOptions;
  /** Changes the project that the shop's slipway.yaml describes. */
  readonly edit?: (project: Project) => Project;
  /** Waits are short unless a test sets them. */
  readonly environment?: Partial<Environment>;
  /** Variables of the worker besides the shop's own; what a test changes in it counts from then on. */
  readonly env?: Readonly<Record<string, string>>;
  /** Without a worker, for tests that bring their own processes. */
  readonly worker?: boolean;
}

/** What is said of a release besides its version. */
export interface Wish {
  readonly commit?: string;
  readonly by?: string;
  /** Why a version that was rolled back is released again. */
  readonly again?: string;
}

export interface Slipway {
  readonly shop: TestShop;
  readonly project: Project;
  readonly client: Client;
  readonly taskQueue: string;
  readonly workspaces: string;
  /** Asks for a release as linus does. */
  release(version: string, options?: Wish): Promise<ReleaseUnderTest>;
  /** A release that everybody wants: asks for it and approves it. */
  approved(version: string, options?: Wish): Promise<ReleaseUnderTest>;
  environmentState(): Promise<EnvironmentState>;
  /** Ends the worker: nobody answers until another is started. */
  stopWorker(): Promise<void>;
  /** Ends the worker and starts another. */
  restartWorker(): Promise<void>;
  stop(): Promise<void>;
}

export interface ReleaseUnderTest {
  readonly id: string;
  state(): Promise<ReleaseState>;
  until(what: string, holds: (state: ReleaseState) => boolean): Promise<ReleaseState>;
  in(phase: Phase): Promise<ReleaseState>;
  decide(kind: DecisionKind, payload: DecisionPayload): Promise<Delivery>;
  approve(by?: string): Promise<void>;
  result(): Promise<ReleaseResult>;
  /** As `result`, but asks no worker: for a release whose workers come and go. */
  ended(): Promise<ReleaseResult>;
}

let isRuntimeInstalled = false;

/** Keeps the SDK quiet but for errors; it can be told so once in a process. */
export function quietRuntime(): void {
  if (!isRuntimeInstalled) Runtime.install({ logger: new DefaultLogger('ERROR') });
  isRuntimeInstalled = true;
}

/** Starts everything; `stop` ends and removes it. */
export async function startSlipway(options: SlipwayOptions = {}): Promise<Slipway> {
  quietRuntime();
  const shop = await aShop(options.shop);
  const project = await projectOf(shop, options);
  const address = process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS']!;
  const connection = await Connection.connect({ address });
  const native = await NativeConnection.connect({ address });
  const client = new Client({ connection, namespace: 'default' });
  const taskQueue = taskQueueName(project.name, 'production');
  const workspaces = join(projectRoot, '.slipway', 'test', 'workspaces');
  let running: { worker: Worker; end: Promise<void> } | undefined;

  async function startWorker(): Promise<void> {
    const redactor = createRedactor();
    const lookup = redactor.remember((name) => options.env?.[name] ?? shop.env[name]);
    const own = options.env?.['SLIPWAY_DATABASE_URL'] ?? testLedgerUrl();
    const ledger = createLedger({ url: redactor.remember(() => own)(''), redact: redactor.redact });
    const surroundings = { ...wire({ client, cluster: 'test/default' }, redactor, { workspaces }), lookup, ledger };
    const worker = await createReleaseWorker({ connection: native, namespace: 'default', taskQueue, surroundings });
    running = { worker, end: worker.run() };
  }
  async function stopWorker(): Promise<void> {
    running?.worker.shutdown();
    await running?.end;
    running = undefined;
  }
  if (options.worker !== false) await startWorker();

  const slipway: Slipway = {
    shop,
    project,
    client,
    taskQueue,
    workspaces,
    async release(version, { commit = null, by = 'linus', again = null } = {}) {
      const input = { project, environment: 'production', version, commit, requestedBy: by, again };
      const { releaseId } = await requestRelease(client, { ...input, requestId: randomUUID() }, 30_000);
      return underTest(client, releaseId);
    },
    async approved(version, options) {
      const release = await slipway.release(version, options);
      await release.in('awaiting approval');
      await release.approve();
      return release;
    },
    environmentState: () =>
      client.workflow.getHandle(environmentWorkflowId(project.name, 'production')).query(environmentStateQuery),
    stopWorker,
    async restartWorker() {
      await stopWorker();
      await startWorker();
    },
    async stop() {
      await terminateAll(client, project.name);
      await stopWorker();
      await native.close();
      await connection.close();
      await shop.remove();
    },
  };
  return slipway;
}

/** The shop's own slipway.yaml under a name of this test's own, so that tests do not meet on the shared server. */
async function projectOf(
  shop: TestShop,
  { edit = (same) => same, environment = {} }: SlipwayOptions,
): Promise<Project> {
  const text = await readFile(shop.configFile, 'utf8');
  const { project } = parseProject(text, { file: shop.configFile, folder: shop.folder });
  const production = project.environments['production']!;
  const quick = {
    verify: { wait: 0, interval: 100, checks: [] },
    monitor: { window: 0, interval: 100 },
    // A schedule would outlive the test.
    drift: null,
    ...environment,
  };
  return edit({
    ...project,
    name: `shop-${randomBytes(4).toString('hex')}`,
    environments: { production: { ...production, ...quick } },
  });
}

export function underTest(client: Client, id: string): ReleaseUnderTest {
  const state = () => releaseState(client, id, 10_000);
  const release: ReleaseUnderTest = {
    id,
    state,
    async until(what, holds) {
      let last: ReleaseState | undefined;
      const look = async () => {
        last = await state();
        if (holds(last)) return last;
        if (last.phase === 'ended') throw new Error(`${what} never came; it ended: ${JSON.stringify(last.result)}`);
        return undefined;
      };
      return eventually(`${id}: ${what}`, look, undefined, () => whereItStands(last));
    },
    in: (phase) => release.until(`phase ${phase}`, (now) => now.phase === phase),
    decide: (kind, payload) => decide(client, id, kind, payload, 20_000),
    async approve(by = 'ada') {
      const { plan } = await state();
      const acknowledge = plan!.acknowledgements.map((item) => item.id);
      await release.decide('approve', { by, digest: plan!.digest, acknowledge });
    },
    async result() {
      // A release that waits for a person would let the test wait as well: say why instead.
      await eventually(`${id}: its end`, async () => {
        const { phase, attention } = await state();
        if (phase === 'needs attention') throw new Error(`it needs attention: ${JSON.stringify(attention)}`);
        return phase === 'ended' ? true : undefined;
      });
      return waitForResult(client, id);
    },
    ended: () => waitForResult(client, id),
  };
  return release;
}

/** For whoever waits in vain: what the release does instead. */
function whereItStands(state: ReleaseState | undefined): string {
  if (!state) return 'it never answered';
  const { phase, waitingFor, gates, timeline } = state;
  const closed = gates.filter(({ verdict }) => verdict !== 'passed').map(({ id, detail }) => `${id} (${detail})`);
  const told = timeline.slice(-8).map(({ at, text }) => `${at} ${text}`);
  return [`it is ${phase}, waits for ${waitingFor?.what ?? 'nobody'}`, ...closed, ...told].join('\n  ');
}

/** Nothing of a test may go on behind it: what still runs is ended hard, without its way back. */
async function terminateAll(client: Client, project: string): Promise<void> {
  const query = `ExecutionStatus = 'Running' AND WorkflowId STARTS_WITH 'environment/${project}/'`;
  const releases = `ExecutionStatus = 'Running' AND WorkflowId STARTS_WITH 'release/${project}/'`;
  const soaks = `ExecutionStatus = 'Running' AND WorkflowId STARTS_WITH 'soak/${project}/'`;
  for (const filter of [releases, soaks, query]) {
    for await (const { workflowId } of client.workflow.list({ query: filter })) {
      await client.workflow
        .getHandle(workflowId)
        .terminate('the test is over')
        .catch(() => undefined);
    }
  }
}
