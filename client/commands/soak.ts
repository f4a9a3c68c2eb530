import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { soakLines } from '../../release/render-soak';
import { isBreached, type Soak } from '../../release/soak';
import { environmentState } from '../ask-environment';
import { addSigning, type SigningOptions } from '../deliver-decision';
import { exitCodes, type ExitCode } from '../exit-codes';
import { acting, contextOf, withTemporal, type Invocation } from '../invocation';
import { environmentOf } from '../project-context';
import { deliverWord } from '../say-word';
import { usageError } from '../words';
import { requireReason } from './freeze';

interface SoakOptions extends SigningOptions {
  /** With an id, that breach alone. */
  readonly accept?: boolean | string;
  readonly reason?: string;
}

const examples = `
Where slipway.yaml says \`soak: 24h\`, the checks of a release go on after it has finished and given the environment back.
One that fails is a breach: nothing rolls back by itself, the queue goes on, and a person decides.

Examples:
  slipway soak production
  slipway rollback production --reason "logins fail"                       what ran before comes back
  slipway soak production --accept --reason "the provider was down"        what runs may go on

Exit codes: 0 nothing soaks, or its checks pass; 3 a breach waits for a person; 4 could not tell.`;

export function addSoak(program: Command): void {
  const command = program
    .command('soak')
    .summary('show how what was released is, after its release has finished; accept a breach')
    .description(
      'Shows which versions soak, until when, what fails, and what waits for a person. --accept lets what runs go on in ' +
        'spite of a breach.',
    )
    .argument('<environment>', 'which')
    .option('--accept [breach]', 'accept the breach that waits, or the one that is named')
    .option('--reason <text>', 'of --accept: why, for the record')
    .addHelpText('after', examples);
  addSigning(command).action(acting(soak));
}

async function soak(invocation: Invocation, name: string, options: SoakOptions): Promise<ExitCode> {
  const { io } = invocation;
  const { accept, reason } = options;
  if (accept === undefined && reason !== undefined) throw usageError('soak', '--reason is for --accept');
  const why = accept === undefined ? '' : requireReason('soak', reason ?? '');
  const context = await contextOf(invocation);
  const environment = environmentOf(context, name);
  const soaks = await withTemporal(invocation, environment, async ({ client }) => {
    const state = await environmentState(client, { project: context.project.name, environment });
    return state.soaks ?? [];
  });
  if (accept !== undefined) {
    const payload = { id: randomUUID(), breach: breachMeant(soaks, accept), reason: why };
    const see = `slipway soak ${environment}`;
    const words = ({ detail }: { readonly detail: string }) => `Breach ${detail}.`;
    return deliverWord(invocation, { environment, kind: 'acceptBreach', payload, words, see }, options);
  }
  io.document({ environment, soaks });
  io.say(io.look.paint.bold(environment));
  if (soaks.length === 0) io.say('  nothing soaks');
  for (const line of soakLines(environment, soaks, io.look)) io.say(line);
  return codeOf(soaks);
}

function breachMeant(soaks: readonly Soak[], accept: boolean | string): string {
  if (typeof accept === 'string') return accept;
  const open = soaks.filter(isBreached).map(({ breach }) => breach!.id);
  if (open.length === 1) return open[0]!;
  if (open.length === 0) throw usageError('soak', 'no breach waits for a person');
  throw usageError('soak', `--accept must name one of ${open.join(', ')}`);
}

function codeOf(soaks: readonly Soak[]): ExitCode {
  if (soaks.some(isBreached)) return exitCodes.refused;
  return soaks.some(({ silence, heldBy }) => silence || heldBy) ? exitCodes.couldNotTell : exitCodes.ok;
}
