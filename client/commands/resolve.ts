import type { Command } from 'commander';
import type { ExitCode } from '../exit-codes';
import { addSigning, type SigningOptions } from '../deliver-decision';
import { acting, type Invocation } from '../invocation';
import { requireAction, usageError } from '../words';
import { resolveActions } from '../../release/decision';
import { send } from './decisions';

interface ResolveOptions extends SigningOptions {
  readonly env?: string;
  readonly reason?: string;
}

const actions = `
Actions:
  retry     try the step again
  skip      leave it as it is; needs --reason
  done      it was done by hand; needs --reason
  abandon   end the release and record what differs as drift; needs --reason

Example: slipway resolve production/1.2.0/1 skip --reason "the table is kept"`;

export function addResolve(program: Command): void {
  const command = program
    .command('resolve')
    .summary('decide on a step that needs a person')
    .description('Tells a release that needs attention what becomes of the step that cannot go on.')
    .usage('[options] [release] <action>')
    .argument('<words...>', `[release] and one of ${resolveActions.join(', ')}`)
    .option('--env <environment>', 'only of this environment')
    .option('--reason <text>', 'why, for the record')
    .addHelpText('after', actions);
  addSigning(command).action(acting(resolve));
}

async function resolve(
  invocation: Invocation,
  words: readonly string[],
  { env, reason, ...signing }: ResolveOptions,
): Promise<ExitCode> {
  const action = requireAction(words.at(-1) ?? '');
  if (words.length > 2) throw usageError('resolve', 'too many words');
  if (action !== 'retry' && !reason) {
    throw usageError('resolve', `${action} needs a --reason`);
  }
  const text = words.length === 2 ? words[0] : undefined;
  const comment = reason === undefined ? {} : { comment: reason };
  return send(
    invocation,
    { kind: 'resolve', phase: 'needs attention' },
    { text, environment: env, ...signing },
    { action, ...comment },
  );
}
