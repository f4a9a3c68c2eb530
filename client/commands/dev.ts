import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import type { DevMessage, DevOrder } from '../../config/dev-messages';
import { SlipwayError } from '../../release/errors';
import { exitCodes, type ExitCode } from '../exit-codes';
import { interruptible } from '../interruption';
import { acting, type Invocation } from '../invocation';
import type { Io } from '../io';
import { projectContextIfAny, stackFolderOf, type ProjectContext } from '../project-context';
import { workerProgram } from '../worker-program';

export function addDev(program: Command): void {
  program
    .command('dev')
    .summary('run a local Temporal, PostgreSQL and the workers')
    .description(
      'Runs a Temporal with its Web UI, a PostgreSQL, and a worker for each environment with `embedded: true`.',
    )
    .option('--fresh', 'begin with empty servers')
    .addHelpText(
      'after',
      '\nIts data stays in .slipway/, so that the next start goes on where this one ended. Ctrl-C ends it all.',
    )
    .action(acting(dev));
}

async function dev({ io, config }: Invocation, { fresh }: { readonly fresh?: boolean }): Promise<ExitCode> {
  const context = await projectContextIfAny(io.cwd, config);
  const folder = stackFolderOf(context, io.cwd);
  const environments = embeddedEnvironments(context);
  if (io.env['TEMPORAL_ADDRESS'])
    io.remark('Warning: TEMPORAL_ADDRESS is set, so the other commands use that server and not this stack.');
  if (!context) io.remark('There is no slipway.yaml here, so no worker is started.');
  else if (environments.length === 0)
    io.remark(`No environment in ${context.file} says \`embedded: true\`, so no worker is started.`);
  keepOutOfGit(folder);
  return runStack(io, { folder, fresh: fresh ?? false, project: context?.project.name ?? null, environments });
}

/** Nobody wants databases and logs in a commit. A folder that cannot be written is the stack's to speak of. */
function keepOutOfGit(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, '.gitignore'), '*\n', { flag: 'wx' });
  } catch {
    return;
  }
}

function embeddedEnvironments(context: ProjectContext | undefined): string[] {
  return Object.values(context?.project.environments ?? {})
    .filter(({ embedded }) => embedded)
    .map(({ name }) => name);
}

/** Runs the program that owns stack and workers. Its input is a pipe from us: it ends when we do, however that is. */
function runStack(io: Io, order: DevOrder): Promise<ExitCode> {
  return interruptible(async ({ signal }) => {
    // A group of its own, so that Ctrl-C reaches only us and it can end in order.
    const child = spawn(process.execPath, [workerProgram('embedded', 'dev.js')], {
      detached: true,
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...io.env, NODE_OPTIONS: undefined },
    });
    let failure: SlipwayError | undefined;
    const stop = () => child.stdin.end();
    child.stdin.on('error', () => undefined);
    child.stdin.write(`${JSON.stringify(order)}\n`);
    createInterface({ input: child.stdout }).on('line', (line) => {
      const message = JSON.parse(line) as DevMessage;
      if (message.is === 'failed') failure = new SlipwayError(message.code, message.details);
      else show(io, message);
    });
    signal.addEventListener('abort', () => {
      io.remark('Stopping …');
      stop();
    });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (failure) throw failure;
    if (code === 0 || signal.aborted) return exitCodes.ok;
    throw new SlipwayError('STACK_FAILED', {
      part: 'stack',
      detail: `it ended with exit code ${code}`,
      hint: `Its logs are in ${order.folder}.`,
    });
  });
}

function show(io: Io, message: Exclude<DevMessage, { is: 'failed' }>): void {
  io.document(message);
  const { paint } = io.look;
  switch (message.is) {
    case 'progress':
      return io.say(paint.dim(message.line));
    case 'stack':
      io.say(`${paint.green('✓')} Temporal at ${message.address} (${message.temporal})`);
      io.say(`${paint.green('✓')} Web UI at ${paint.bold(message.uiAddress)}`);
      io.say('Ctrl-C ends it all; the data stays in .slipway/.');
      return;
    case 'worker':
      if (message.state === 'ready')
        io.say(`${paint.green('✓')} worker of ${message.environment} is ready (log: ${message.detail})`);
      else io.remark(`The worker of ${message.environment} ended (${message.detail}); it is started again.`);
  }
}
