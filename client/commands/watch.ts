import type { Command } from 'commander';
import { interruptible } from '../interruption';
import { acting, withTemporal, type Invocation } from '../invocation';
import { viewFor } from '../views';
import { watchRelease } from '../watch-release';
import { withRelease } from '../with-release';
import { environmentViewFor } from '../environment-view';
import { followEnvironment } from '../follow-environment';
import { projectContextIfAny } from '../project-context';
import type { Place } from '../silence';
import { exitCodes, type ExitCode } from '../exit-codes';

export function addWatch(program: Command): void {
  program
    .command('watch')
    .summary('watch a release to its end, or an environment')
    .description(
      'Shows a release while it runs, or an environment: who holds it, who waits for what, what is live. Ctrl-C only ends ' +
        'the watching. With --json: one JSON document a line.',
    )
    .argument('[release]', 'a full id, environment/version/n, a version; or the name of an environment')
    .option('--env <environment>', 'only of this environment')
    .addHelpText(
      'after',
      `
Examples:
  slipway watch 1.2.0            a release, to its end
  slipway watch production       an environment`,
    )
    .action(acting(watch));
}

async function watch(
  invocation: Invocation,
  text: string | undefined,
  { env }: { readonly env?: string },
): Promise<ExitCode> {
  const { io } = invocation;
  const context = text === undefined ? undefined : await projectContextIfAny(io.cwd, invocation.config);
  if (text !== undefined && context && Object.hasOwn(context.project.environments, text)) {
    return watchEnvironment(invocation, { project: context.project.name, environment: text });
  }
  return withRelease(invocation, { text, environment: env }, ({ id, runId }, temporal) =>
    interruptible(async ({ signal }) => {
      const link = temporal.linkTo(id, runId);
      io.say(`Release ${io.look.paint.bold(id)}`);
      if (link) io.say(io.look.paint.dim(link));
      return (await watchRelease({ io, temporal, id, view: viewFor(io), signal })).code;
    }),
  );
}

/** Until Ctrl-C: an environment has no end. */
function watchEnvironment(invocation: Invocation, place: Place): Promise<ExitCode> {
  const { io } = invocation;
  return withTemporal(invocation, place.environment, ({ client }) =>
    interruptible(async ({ signal }) => {
      const view = environmentViewFor(io, place.environment);
      for await (const sighting of followEnvironment(client, place, signal)) view.show(sighting);
      return exitCodes.interrupted;
    }),
  );
}
