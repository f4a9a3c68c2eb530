import { connect } from 'node:net';
import type { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { withDeathSignal, type Child, type ChildProcesses } from './child-processes';
import type { SearchAttributeKind } from './stack-messages';

/** What a development server is started with. */
export interface TemporalOrder {
  readonly program: string;
  readonly ports: TemporalPorts;
  /** The database file; undefined keeps everything in memory. */
  readonly file: string | undefined;
  readonly logFile: string;
  readonly searchAttributes: Readonly<Record<string, SearchAttributeKind>>;
  readonly env: NodeJS.ProcessEnv;
  readonly children: ChildProcesses;
}

/** Every port that the server listens on, so that none is a default one. */
export interface TemporalPorts {
  readonly frontend: number;
  readonly ui: number;
  readonly http: number;
  readonly metrics: number;
}

/** The namespace of every embedded server. */
export const embeddedNamespace = 'default';

/** Temporal's own value is 24 hours, after which a finished release could no longer be looked at. */
const retention = msToTs('30 days');

/**
 * The single shard of a development server polls its queues 20 times a second and rounds timers to a second by
 * default: ten activities in a row take 1,050 ms; with these values 100 ms.
 */
const dynamicConfig = [
  'history.transferProcessorMaxPollRPS=2000',
  'history.timerProcessorMaxPollRPS=2000',
  'history.transferProcessorMaxPollHostRPS=10000',
  'history.timerProcessorMaxPollHostRPS=10000',
  'history.timerProcessorMaxTimeShift="50ms"',
  'system.enableActivityEagerExecution=true',
];

/** Write-ahead log without a wait for the disk at each commit: doubles throughput, and survives a killed process. */
const sqlitePragmas = ['journal_mode=WAL', 'synchronous=NORMAL'];

/** Starts the server's process; `temporalReady` tells when it can be used. */
export function startTemporal(order: TemporalOrder): Child {
  const { ports } = order;
  const flag = (name: string, values: readonly string[]) => values.flatMap((value) => [name, value]);
  const [program = order.program, ...args] = [
    ...withDeathSignal('KILL'),
    order.program,
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--ui-ip', '127.0.0.1', '--namespace', embeddedNamespace],
    ...['--port', String(ports.frontend), '--ui-port', String(ports.ui)],
    ...['--http-port', String(ports.http), '--metrics-port', String(ports.metrics)],
    ...['--log-level', 'error', '--color', 'never'],
    ...flag('--dynamic-config-value', dynamicConfig),
    ...(order.file === undefined ? [] : ['--db-filename', order.file, ...flag('--sqlite-pragma', sqlitePragmas)]),
    ...flag(
      '--search-attribute',
      Object.entries(order.searchAttributes).map(([name, kind]) => `${name}=${kind}`),
    ),
  ];
  return order.children.start({
    name: 'Temporal',
    program,
    args,
    env: withoutTemporal(order.env),
    logFile: order.logFile,
  });
}

/**
 * Resolves when the server answers for its namespace and knows the search attributes, with the namespace's retention
 * raised. Fails with a sentence if the process ends before, or `limitMs` pass.
 */
export async function temporalReady(server: Child, order: TemporalOrder, limitMs = 30_000): Promise<void> {
  // Loaded only now, while the server starts: loading takes as long as the start.
  const { Connection } = await import('@temporalio/client');
  const deadline = Date.now() + limitMs;
  let last = 'no answer';
  const address = `127.0.0.1:${order.ports.frontend}`;
  while (Date.now() < deadline) {
    if (!server.running) throw new Error(`it ended with ${await server.ended}: ${server.logTail()}`);
    if (!(await listens(order.ports.frontend))) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      continue;
    }
    // Not from the process's pool: a connection that failed there waits a second before it tries again.
    const connection = Connection.lazy({ address, channelArgs: { 'grpc.use_local_subchannel_pool': 1 } });
    try {
      await connection.withDeadline(Date.now() + 5000, () => prepare(connection, Object.keys(order.searchAttributes)));
      if (server.running) return;
    } catch (error) {
      last = (error as Error).message;
      await new Promise((resolve) => setTimeout(resolve, 30));
    } finally {
      await connection.close();
    }
  }
  throw new Error(`it did not answer within ${limitMs / 1000} s (${last}): ${server.logTail()}`);
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => finish(true)).once('error', () => finish(false));
  });
}

async function prepare(connection: Connection, attributes: readonly string[]): Promise<void> {
  const { workflowService, operatorService } = connection;
  const namespace = embeddedNamespace;
  const { config } = await workflowService.describeNamespace({ namespace });
  if (Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) !== Number(retention.seconds)) {
    await workflowService.updateNamespace({ namespace, config: { workflowExecutionRetentionTtl: retention } });
  }
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const missing = attributes.filter((name) => !(name in (customAttributes ?? {})));
  if (missing.length > 0) throw new Error(`search attributes not registered yet: ${missing.join(', ')}`);
}

/** The server is not a client: settings for clients must not reach it. */
function withoutTemporal(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}
