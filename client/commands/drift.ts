import type { Command } from 'commander';
import { driftsOf } from '../../release/drift';
import { watchLines } from '../../release/render-drift';
import type { EnvironmentState } from '../../release/environment-state';
import { environmentState } from '../ask-environment';
import { exitCodes, type ExitCode } from '../exit-codes';
import { acting, contextOf, withTemporal, type Invocation } from '../invocation';
import { environmentOf } from '../project-context';
import { lookAtEnvironment } from '../watch-environment';
import { sayLook } from '../say-look';

export function addDrift(program: Command): void {
  program
    .command('drift')
    .summary('find out whether what runs is what the last release left')
    .description(
      'Looks now at what runs and where pointers stand, and compares it with what the last release left. Drift is said, ' +
        'and holds the queue, once two looks have seen it.',
    )
    .argument('<environment>', 'which')
    .option('--no-look', 'only what the last look has seen')
    .addHelpText(
      'after',
      `
Examples:
  slipway drift production
  slipway environment adopt production --reason "hotfix by hand, ticket 42"    what is there is meant to be there

Exit codes: 0 in step, 3 drifted, 4 could not tell, or not yet.`,
    )
    .action(acting(drift));
}

async function drift(invocation: Invocation, name: string, { look }: { readonly look: boolean }): Promise<ExitCode> {
  const { io } = invocation;
  const context = await contextOf(invocation);
  const environment = environmentOf(context, name);
  const { project } = context;
  return withTemporal(invocation, environment, async ({ client }) => {
    const place = { project: project.name, environment };
    const seen = look ? await lookAtEnvironment(client, project, environment) : undefined;
    const state = seen?.state ?? (await environmentState(client, place));
    io.document({ environment, look: seen?.look ?? null, watch: state.watch ?? null });
    io.say(io.look.paint.bold(environment));
    if (seen) sayLook(io, environment, seen.look);
    for (const line of watchLines(environment, state, io.look)) io.say(line);
    return seen && !seen.look.isTold ? exitCodes.couldNotTell : codeOf(state);
  });
}

function codeOf({ watch }: EnvironmentState): ExitCode {
  if (driftsOf(watch).length > 0) return exitCodes.refused;
  const steps = Object.values(watch?.services ?? {}).map(({ step }) => step);
  const isTold = steps.length > 0 && steps.every((step) => step === null || step.verdict === 'passed');
  return isTold ? exitCodes.ok : exitCodes.couldNotTell;
}
