import type { Command } from 'commander';
import type { ExitCode } from '../exit-codes';
import { interruptible } from '../interruption';
import { acting, type Invocation } from '../invocation';
import { viewFor } from '../views';
import { watchRelease } from '../watch-release';
import { withRelease } from '../with-release';

export function addWatch(program: Command): void {
  program
    .command('watch')
    .summary('watch a release to its end')
    .description('Shows a release while it runs. Ctrl-C only ends the watching. With --json: one JSON document a line.')
    .argument('[release]', 'a full id, environment/version/n, or a version')
    .option('--env <environment>', 'only of this environment')
    .action(acting(watch));
}

function watch(
  invocation: Invocation,
  text: string | undefined,
  { env }: { readonly env?: string },
): Promise<ExitCode> {
  const { io } = invocation;
  return withRelease(invocation, { text, environment: env }, ({ id, runId }, temporal) =>
    interruptible(async ({ signal }) => {
      const link = temporal.linkTo(id, runId);
      io.say(`Release ${io.look.paint.bold(id)}`);
      if (link) io.say(io.look.paint.dim(link));
      return (await watchRelease({ io, temporal, id, view: viewFor(io), signal })).code;
    }),
  );
}
