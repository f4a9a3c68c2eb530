import type { Command } from 'commander';
import { SlipwayError } from '../../release/errors';
import type { RecordedRelease } from '../../release/ledger-answers';
import { renderRecorded } from '../../release/render-recorded';
import { exitCodes, type ExitCode } from '../exit-codes';
import { lookEverywhere } from '../every-environment';
import { environmentInName } from '../find-release';
import { acting, contextOf, withTemporal, type Invocation } from '../invocation';
import { environmentOf } from '../project-context';
import { recordedRelease } from '../read-ledger';

interface ShowOptions {
  readonly env?: string;
}

export function addShow(program: Command): void {
  program
    .command('show')
    .summary('show everything that the ledger knows of a release')
    .description(
      'Plan, gates, decisions, undo records, phases, outcome, what was undone, what is live: also of a release that Temporal no longer knows.',
    )
    .argument('<release>', 'a full id, environment/version/n, or a version (its newest release)')
    .option('--env <environment>', 'of this environment')
    .addHelpText(
      'after',
      '\nExample: slipway show production/1.2.0/1\nExit code 4: the ledger or a worker does not answer.',
    )
    .action(acting(show));
}

async function show(invocation: Invocation, name: string, { env }: ShowOptions): Promise<ExitCode> {
  const { io } = invocation;
  const context = await contextOf(invocation);
  const named = env ?? environmentInName(name);
  const environments = named ? [environmentOf(context, named)] : Object.keys(context.project.environments);
  return withTemporal(invocation, named, async ({ client }) => {
    const { name: project } = context.project;
    const { found, silent } = await lookEverywhere(io, environments, (environment) =>
      recordedRelease(client, { project, environment }, name),
    );
    const release = onlyOne(name, found, silent);
    io.document(release);
    io.say(renderRecorded(release, io.look));
    return exitCodes.ok;
  });
}

/**
 * Fails with RELEASE_UNRECORDED, with RELEASE_AMBIGUOUS if several environments had that version, and as those that gave
 * no answer did if one of them may have it.
 */
function onlyOne(
  name: string,
  found: readonly (RecordedRelease | undefined)[],
  silent: readonly SlipwayError[],
): RecordedRelease {
  const [release, ...others] = found.filter((each) => each !== undefined);
  if (!release) throw silent[0] ?? new SlipwayError('RELEASE_UNRECORDED', { id: name });
  if (others.length === 0) return release;
  throw new SlipwayError('RELEASE_AMBIGUOUS', { ids: [release, ...others].map(({ id }) => id).join(', ') });
}
