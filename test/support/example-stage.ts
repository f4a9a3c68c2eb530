/** The rules of an example, run on the shop: at GitHub, with an earlier environment that somebody else deploys to. */
import { NativeConnection } from '@temporalio/worker';
import { createLedger } from '../../activities/ledger/ledger';
import { createRedactor } from '../../activities/redaction';
import type { DecisionPayload } from '../../client';
import { lookAtEnvironment } from '../../client/watch-environment';
import type { GitHub } from '../../examples/github/start-github';
import type { Repository as Hosted } from '../../examples/github/world';
import type { DecisionKind } from '../../release/decision';
import { taskQueueName } from '../../release/identity';
import type { Environment, Project } from '../../release/project';
import { createReleaseWorker } from '../../worker/create-worker';
import { wire } from '../../worker/wiring';
import { exampleProject } from './example-project';
import { startFaultyServer } from './faulty-server';
import { startSlipwayAtGitHub } from './github-slipway';
import { signedPayload } from './signed-payload';
import type { ReleaseUnderTest, Slipway } from './slipway';
import { SshKeys, type SshIdentity } from './ssh-keys';
import { testLedgerUrl } from './test-ledger';

/** An example, and which of its services the shop's two play; the others are the same again under other names. */
export interface ExampleOptions {
  readonly name: string;
  readonly services: Readonly<Record<string, 'api' | 'web'>>;
  /** The observed environment. */
  readonly earlier: string;
}

export interface ExampleStage {
  readonly slipway: Slipway;
  readonly github: GitHub;
  readonly hosted: Hosted;
  /** Its rules as they are written, before anything was shortened. */
  readonly written: Project;
  /** Has the earlier environment run that version, healthy or not, and be looked at. */
  runsEarlier(version: string, health?: 'healthy' | 'ailing'): Promise<void>;
  /** A decision signed with that person's own key, which GitHub knows. */
  signed(release: ReleaseUnderTest, kind: DecisionKind, payload: DecisionPayload & { by: string }): Promise<void>;
  /** What a release must be approved with. */
  digestOf(release: ReleaseUnderTest): Promise<string>;
  tickAll(release: ReleaseUnderTest, by: string, items: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

export async function startExample({ name, services, earlier }: ExampleOptions): Promise<ExampleStage> {
  const { project: written } = exampleProject(name);
  const keys = new SshKeys();
  const shop = await startSlipwayAtGitHub(
    { edit: (project) => onShop(written, project, services) },
    { checks: 'read', statuses: 'read', pull_requests: 'read', administration: 'read' },
  );
  const { slipway, github, hosted, token } = shop;
  const identities = identitiesAt(github, Object.values(written.people ?? {}), keys);
  const elsewhere = await startElsewhere(slipway, earlier, token);
  const digestOf = async (release: ReleaseUnderTest) => (await release.state()).plan!.digest;
  return {
    slipway,
    github,
    hosted,
    written,
    digestOf,
    async runsEarlier(version, health = 'healthy') {
      elsewhere.runs(await slipway.shop.commitOf(version), health);
      await lookAtEnvironment(slipway.client, slipway.project, earlier, { patience: 30_000 });
    },
    async signed(release, kind, payload) {
      // An e-mail is that of the same person, and of the same key.
      const by = identities.get(payload.by.replace(/@.*/, ''))!;
      await release.decide(kind, await signedPayload(slipway.client, release.id, kind, payload, { keys, by }));
    },
    async tickAll(release, by, items) {
      const digest = await digestOf(release);
      for (const item of items) await release.decide('tick', { by, item, digest });
    },
    async stop() {
      await elsewhere.stop();
      await shop.stop();
      keys.clear();
    },
  };
}

/** The example's rules with the shop's places, and without its waits, calendar and protected commit: each has tests of its own. */
function onShop(example: Project, shop: Project, cast: ExampleOptions['services']): Project {
  const services = Object.entries(cast).map(([name, role]) => {
    const [written, played] = [example.services[name]!, shop.services[role]!];
    const { repository, live, smoke, pointer } = played;
    const database = written.database &&
      played.database && { ...written.database, url: played.database.url, backup: played.database.backup };
    return [
      name,
      {
        ...written,
        ...{ repository, live, smoke, ...(database && { database }) },
        after: written.after.filter((before) => Object.hasOwn(cast, before)),
        pointer: { ...written.pointer, builds: pointer.builds },
      },
    ] as const;
  });
  return {
    ...without(example, 'rules'),
    name: shop.name,
    services: Object.fromEntries(services),
    environments: Object.fromEntries(Object.entries(example.environments).map(([key, rules]) => [key, quick(rules)])),
  };
}

function quick(rules: Environment): Environment {
  return {
    ...without(rules, 'calendar'),
    verify: { wait: 0, interval: 100, checks: [] },
    monitor: { window: 0, interval: 100 },
    gates: (rules.gates ?? []).map((gate) => (gate.kind === 'environment' ? { ...gate, for: 0 } : gate)),
    ...(rules.observed ? {} : { drift: null }),
  };
}

function without<T extends object, K extends keyof T>(whole: T, key: K): Omit<T, K> {
  const rest = { ...whole };
  delete rest[key];
  return rest;
}

/** A key for everybody, which GitHub shows as theirs. */
function identitiesAt(
  github: GitHub,
  people: readonly { readonly name: string; readonly github?: string }[],
  keys: SshKeys,
): Map<string, SshIdentity> {
  return new Map(
    people.map(({ name, github: login = name }) => {
      const identity = keys.make(name);
      const user = github.world.users.find((known) => known.login === login) ?? github.addUser({ login });
      user.signingKeys.push(identity.publicKey);
      return [name, identity];
    }),
  );
}

/** A worker of the earlier environment, and the services that somebody else deploys there. */
async function startElsewhere({ client, project, workspaces, shop }: Slipway, environment: string, token: string) {
  let now = { commit: '', health: 'healthy' };
  const server = await startFaultyServer(({ path }, response) => {
    response.statusCode = path === '/version' || now.health === 'healthy' ? 200 : 503;
    response.end(path === '/version' ? JSON.stringify({ commit: now.commit }) : 'The shop: every title is here');
  });
  const redactor = createRedactor();
  const places: Record<string, string> = { ...shop.env, API_URL: server.url, WEB_URL: server.url, GITHUB_TOKEN: token };
  const lookup = redactor.remember((name) => places[name]);
  const ledger = createLedger({ url: redactor.remember(() => testLedgerUrl())(''), redact: redactor.redact });
  const connection = await NativeConnection.connect({ address: process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS']! });
  const surroundings = { ...wire({ client, cluster: 'test/default' }, redactor, { workspaces }), lookup, ledger };
  const taskQueue = taskQueueName(project.name, environment);
  const worker = await createReleaseWorker({ connection, namespace: 'default', taskQueue, surroundings });
  const end = worker.run();
  return {
    runs: (commit: string, health: string) => void (now = { commit, health }),
    async stop() {
      worker.shutdown();
      await end;
      await connection.close();
      await server.close();
    },
  };
}
