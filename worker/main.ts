/** Program: one worker for the task queue of one environment. `--project NAME --env NAME [--health-port PORT] [--json]`. */
import { parseArgs } from 'node:util';
import { createRedactor } from '../activities/redaction';
import { SlipwayError } from '../release/errors';
import { exitCodeOfError } from '../release/exit-codes';
import { taskQueueName } from '../release/identity';
import { createReleaseWorker } from './create-worker';
import { serveHealth } from './health';
import { createLogger, installRuntime } from './logger';
import { connectToTemporal } from './temporal-connection';
import { wire } from './wiring';

/** How long a worker waits for a Temporal server that does not answer yet. */
const PATIENCE = 5 * 60_000;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      project: { type: 'string' },
      env: { type: 'string' },
      'health-port': { type: 'string' },
      json: { type: 'boolean' },
    },
  });
  const { project, env: environment, 'health-port': healthPort } = values;
  if (!project || !environment) throw new Error('--project and --env are needed');
  const redactor = createRedactor();
  const logger = createLogger(redactor.redact);
  installRuntime(logger);
  // Until there is a worker that could finish its work, there is nothing to end in order.
  const leave = () => process.exit(0);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, leave);
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
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, leave);
  const health = healthPort ? await serveHealth(worker, Number(healthPort), taskQueue) : undefined;
  // A parent that started this worker with a channel takes it along when it ends, however it ends.
  if (process.connected) process.on('disconnect', () => worker.shutdown());
  process.send?.({ ready: true });
  logger.info({ taskQueue, address: connection.address, namespace: connection.namespace }, 'worker is ready');
  await worker.run();
  health?.close();
  await connection.close();
  if (process.connected) process.disconnect();
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
