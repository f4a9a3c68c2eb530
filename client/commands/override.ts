import type { Command } from 'commander';
import type { ExitCode } from '../exit-codes';
import { addSigning, type SigningOptions } from '../deliver-decision';
import { acting, type Invocation } from '../invocation';
import { usageError } from '../words';
import { send } from './decisions';

interface OverrideOptions extends SigningOptions {
  readonly env?: string;
  readonly reason: string;
}

export function addOverride(program: Command): void {
  const command = program
    .command('override')
    .summary('let one release pass a soft guard')
    .description(
      'Lets this one release pass a soft guard: a closed calendar, a soft gate that does not pass, the four eyes or the number of a soft approval. Approvers may; it is said wherever the release is shown.',
    )
    .usage('[options] [release] <guard>')
    .argument('<words...>', '[release] and the guard: calendar, gate:<gate>, approval:<name>')
    .option('--env <environment>', 'only of this environment')
    .requiredOption('--reason <text>', 'why, for the record')
    .addHelpText('after', '\nExample: slipway override production/1.2.1/1 calendar --reason "payments are down"');
  addSigning(command).action(acting(override));
}

async function override(
  invocation: Invocation,
  words: readonly string[],
  { env, reason, ...signing }: OverrideOptions,
): Promise<ExitCode> {
  if (words.length > 2) throw usageError('override', 'too many words');
  if (reason.trim() === '') throw usageError('override', 'an override needs a --reason');
  const text = words.length === 2 ? words[0] : undefined;
  const guard = words.at(-1) ?? '';
  const said = { text, environment: env, ...signing };
  return send(invocation, { kind: 'override', about: guard }, said, { guard, comment: reason });
}
