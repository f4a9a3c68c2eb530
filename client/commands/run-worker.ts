import Module from 'node:module';
import { InvalidArgumentError, type Command } from 'commander';
import type { ExitCode } from '../exit-codes';
import { findTemporal } from '../find-temporal';
import { acting, contextOf, type Invocation } from '../invocation';
import { environmentOf } from '../project-context';
import { envForTemporal, workerProgram } from '../worker-program';

interface WorkerOptions {
  readonly env: string;
  readonly healthPort?: number;
  readonly metricsPort?: number;
}

export function addWorker(program: Command): void {
  program
    .command('worker')
    .summary("run an environment's worker")
    .description(
      "Runs a worker for one environment: it holds that environment's secrets and does what its releases need.",
    )
    .requiredOption('--env <environment>', 'whose worker it is')
    .option('--health-port <port>', 'answer GET /healthz on this port', port)
    .option('--metrics-port <port>', 'answer GET /metrics on this port, for Prometheus (SLIPWAY_METRICS_PORT)', port)
    .addHelpText('after', '\nSIGTERM and Ctrl-C end it after the work at hand; another worker goes on with the rest.')
    .action(acting(work));
}

/** Becomes the worker: its signals, its output and its exit code are this process's. */
async function work(invocation: Invocation, { env, healthPort, metricsPort }: WorkerOptions): Promise<ExitCode> {
  const { io } = invocation;
  const context = await contextOf(invocation);
  const environment = environmentOf(context, env);
  const place = findTemporal({ context, cwd: io.cwd, env: io.env, environment });
  const program = workerProgram('main.js');
  if (place.from === 'embedded stack')
    replaceEnv({ SLIPWAY_DATABASE_URL: place.ledgerUrl, ...envForTemporal(process.env, place) });
  const health = healthPort === undefined ? [] : ['--health-port', String(healthPort)];
  const metrics = metricsPort === undefined ? [] : ['--metrics-port', String(metricsPort)];
  const json = io.json ? ['--json'] : [];
  process.argv = [
    process.argv[0]!,
    program,
    '--project',
    context.project.name,
    '--env',
    environment,
    ...health,
    ...metrics,
    ...json,
  ];
  (Module as unknown as { runMain(): void }).runMain();
  return new Promise<never>(() => undefined);
}

function replaceEnv(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
}

function port(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0 && number < 65_536) return number;
  throw new InvalidArgumentError('It must be a number from 1 to 65535.');
}
