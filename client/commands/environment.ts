import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { formatDuration } from '../../release/durations';
import { adoptSignal, type AdoptRequest } from '../../workflows/messages';
import { watchInput } from '../../workflows/watch-schedule';
import { environmentWorkflowId } from '../../release/identity';
import { askEnvironment } from '../ask-environment';
import { addSigning, type SigningOptions } from '../deliver-decision';
import { exitCodeOfError } from '../../release/exit-codes';
import { exitCodes, type ExitCode } from '../exit-codes';
import { acting, contextOf, whoActs, withTemporal, type Invocation } from '../invocation';
import { printPayload } from '../print-payload';
import { environmentOf } from '../project-context';
import { sayLook } from '../say-look';
import { signWord } from '../say-word';
import { lookAtEnvironment } from '../watch-environment';
import { usageError } from '../words';

export function addEnvironment(program: Command): void {
  const environment = program
    .command('environment')
    .summary('adopt what runs, or have it looked at')
    .description('What Slipway knows of an environment: adopted from what is there, or looked at from now on.')
    .addHelpText(
      'after',
      `
Examples:
  slipway environment adopt production --reason "hotfix by hand, ticket 42"
  slipway environment watch dev`,
    );
  const adoption = environment
    .command('adopt')
    .summary('take what runs for what is meant to run')
    .description(
      'What the probes see becomes the record of what is live: on the first day, after a change by hand, or after ' +
        'Temporal was lost. Where the ledger knows how it came there, its words count. Drift is settled by it.',
    )
    .argument('<environment>', 'which')
    .requiredOption('--reason <text>', 'why, for the record')
    .addHelpText('after', '\nExample: slipway environment adopt production --reason "it was there before Slipway"')
    .action(acting(adopt));
  addSigning(adoption);
  environment
    .command('watch')
    .summary('have it looked at from now on')
    .description(
      'Has the environment looked at as `drift` in slipway.yaml says, and looks now. The first release that finishes ' +
        'does this by itself; environments with `observed: true` need it once, and after a change of the file.',
    )
    .argument('<environment>', 'which')
    .addHelpText('after', '\nExample: slipway environment watch dev')
    .action(acting(watch));
}

async function adopt(
  invocation: Invocation,
  name: string,
  { reason, sign, printPayload: byHand }: { readonly reason: string } & SigningOptions,
): Promise<ExitCode> {
  const { io } = invocation;
  const context = await contextOf(invocation);
  const environment = environmentOf(context, name);
  if (reason.trim() === '' || reason.length > 500)
    throw usageError('environment adopt', '--reason needs 1 to 500 characters: people will ask why');
  const person = await whoActs(invocation);
  const { project } = context;
  const payload: AdoptRequest & Record<string, unknown> = {
    requestId: randomUUID(),
    by: person.name,
    reason,
    // By hand it would be long; then the rules count by which the environment is looked at.
    ...(!byHand && { project: watchInput(project, environment)!.project }),
  };
  const place = { project: project.name, environment };
  const signing = { io, whoIsWho: project, by: person.name, sign };
  const ready = await signWord(signing, project, { environment, kind: 'adopt', payload });
  if (ready.words && !ready.isSigned) io.remark(ready.words);
  if (byHand) {
    const to = environmentWorkflowId(project.name, environment);
    return printPayload(io, { to, signal: 'adopt', ...ready, about: place });
  }
  return withTemporal(invocation, environment, async ({ client }) => {
    const asked = { place, signal: adoptSignal, payload: ready.payload, what: `the adoption of ${environment}` };
    const answer = await askEnvironment(client, asked, 60_000);
    const done = 'done' in answer ? answer.done : '';
    io.document({ ...place, by: person, done });
    io.say(`${done}.`);
    io.say(io.look.paint.dim(`as ${person.name} (${person.from}); see \`slipway live ${environment}\``));
    return exitCodes.ok;
  });
}

async function watch(invocation: Invocation, name: string): Promise<ExitCode> {
  const { io } = invocation;
  const context = await contextOf(invocation);
  const environment = environmentOf(context, name);
  const { project } = context;
  return withTemporal(invocation, environment, async ({ client }) => {
    const { look, state } = await lookAtEnvironment(client, project, environment, { keep: true });
    const every = project.environments[environment]!.drift?.every;
    io.document({ environment, every: every ?? null, look, watch: state.watch ?? null });
    if (look.failure) {
      io.say(`${look.failure.message} ${look.failure.todo}`);
      return exitCodeOfError(look.failure.code);
    }
    const from =
      every === undefined ? 'not looked at any more' : `looked at every ${formatDuration(every)} from now on`;
    io.say(`${environment} is ${from}.`);
    sayLook(io, environment, look);
    return exitCodes.ok;
  });
}
