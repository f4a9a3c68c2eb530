/**
 * Program: one worker for the task queue of one environment.
 * `--project NAME --env NAME [--health-port PORT] [--metrics-port PORT] [--json]`
 */
import { Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';
import { parseArgs } from 'node:util';
import { isPostgresUrl } from '../activities/ledger/ledger';
import { createRedactor } from '../activities/redaction';
import { SlipwayError } from '../release/errors';
import { exitCodeOfError } from '../release/exit-codes';
import { taskQueueName } from '../release/identity';
import { createReleaseWorker } from './create-worker';
import { serveHealth } from './health';
import { createLogger, installRuntime } from './logger';
import { connectToTemporal } from './temporal-connection';
import { beginAtZero, countOpenReleases, prometheusMetrics } from './metrics';
import { wire } from './wiring';

/** How long a worker waits for a Temporal server that does not answer yet. */
const PATIENCE = 5 * 60_000;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      project: { type: 'string' },
      env: { type: 'string' },
      'health-port': { type: 'string' },
      'metrics-port': { type: 'string' },
      json: { type: 'boolean' },
    },
  });
  const { project, env: environment, 'health-port': healthPort } = values;
  if (!project || !environment) throw new Error('--project and --env are needed');
  requireLedgerUrl();
  const redactor = createRedactor();
  const logger = createLogger(redactor.redact);
  const metricsPort = requirePort(values['metrics-port'] || process.env['SLIPWAY_METRICS_PORT'] || undefined);
  startRuntime(logger, metricsPort);
  // Until there is a worker that could finish its work, there is nothing to end in order.
  const leave = () => process.exit(0);
  const ends = ['SIGINT', 'SIGTERM', ...(process.connected ? ['disconnect'] : [])];
  for (const end of ends) process.on(end, leave);
  const connection = await connectToTemporal(PATIENCE, (detail) =>
    logger.warn({ detail }, 'Temporal does not answer yet'),
  );
  const taskQueue = taskQueueName(project, environment);
  const worker = await createReleaseWorker({
    connection: connection.native,
    namespace: connection.namespace,
    taskQueue,
    surroundings: wire(connection, redactor),
  });
  for (const end of ends) process.off(end, leave);
  const health = healthPort ? await serveHealth(worker, Number(healthPort), taskQueue) : undefined;
  const meter = metricsPort ? Runtime.instance().metricMeter : undefined;
  if (meter) beginAtZero(meter, { namespace: connection.namespace, taskQueue, project, environment });
  const stopCounting = meter
    ? countOpenReleases(connection.client, meter, { project, environment }, (detail) =>
        logger.warn({ detail }, 'open releases could not be counted'),
      )
    : () => undefined;
  // A parent that started this worker with a channel takes it along when it ends, however it ends.
  process.on('disconnect', () => {
    // It may be ending already: by a signal, or since it is done.
    if (worker.getState() === 'RUNNING') worker.shutdown();
  });
  if (ends.includes('disconnect') && !process.connected) return leave();
  process.send?.({ ready: true });
  logger.info({ taskQueue, address: connection.address, namespace: connection.namespace }, 'worker is ready');
  await worker.run();
  stopCounting();
  health?.close();
  await connection.close();
  if (process.connected) process.disconnect();
}

function requirePort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw usage(`the port for metrics must be a number from 1 to 65535, not ${text}`);
}

/** The SDK serves the metrics itself; it says in words of its own that it cannot. */
function startRuntime(logger: Logger, metricsPort: number | undefined): void {
  try {
    installRuntime(logger, metricsPort === undefined ? undefined : prometheusMetrics(metricsPort));
  } catch (error) {
    if (metricsPort === undefined) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw usage(`metrics cannot be served on port ${metricsPort} (${why})`);
  }
}

const usage = (detail: string) => new SlipwayError('USAGE', { detail, help: 'slipway worker --help' });

/** A worker without a ledger would take releases that it cannot record: it does not start. */
function requireLedgerUrl(): void {
  const url = process.env['SLIPWAY_DATABASE_URL'];
  if (!url) throw new SlipwayError('LEDGER_MISSING', { problem: 'not set on the worker' });
  if (!isPostgresUrl(url)) throw new SlipwayError('LEDGER_MISSING', { problem: 'no PostgreSQL address' });
}

main().catch((error: unknown) => {
  const known =
    error instanceof SlipwayError
      ? error
      : new SlipwayError('INTERNAL', { detail: error instanceof Error ? error.message : String(error) });
  // The SDK's native runtime would keep a program alive that has no worker to run.
  const end = () => process.exit(exitCodeOfError(known.code));
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify({ error: known.report })}\n`, end);
  else process.stderr.write(`${known.message}\n${known.todo}\n`, end);
});
