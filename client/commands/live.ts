import type { Command } from 'commander';
import { liveLines } from '../../release/render-queue';
import { environmentState } from '../ask-environment';
import { exitCodes, type ExitCode } from '../exit-codes';
import { acting, contextOf, withTemporal, type Invocation } from '../invocation';
import { environmentOf } from '../project-context';

export function addLive(program: Command): void {
  program
    .command('live')
    .summary('show what runs, and what ran before it')
    .description(
      'What the last release left running of each service: version, commit, since when, and what ran before.',
    )
    .argument('[environment]', 'only this environment')
    .addHelpText('after', '\nExample: slipway live production --json')
    .action(acting(live));
}

async function live(invocation: Invocation, environment: string | undefined): Promise<ExitCode> {
  const { io } = invocation;
  const context = await contextOf(invocation);
  const environments = environment ? [environmentOf(context, environment)] : Object.keys(context.project.environments);
  return withTemporal(invocation, environment, async ({ client }) => {
    const project = context.project.name;
    const states = await Promise.all(
      environments.map(async (each) => [each, await environmentState(client, { project, environment: each })] as const),
    );
    io.document({
      environments: Object.fromEntries(states.map(([each, state]) => [each, state.live])),
      schemaDebt: Object.fromEntries(states.map(([each, state]) => [each, state.schemaDebt ?? []])),
      soaks: Object.fromEntries(states.map(([each, state]) => [each, state.soaks ?? []])),
      watched: Object.fromEntries(states.map(([each, state]) => [each, state.watch ?? null])),
    });
    for (const [each, state] of states) for (const line of liveLines(each, state, io.look)) io.say(line);
    return exitCodes.ok;
  });
}
