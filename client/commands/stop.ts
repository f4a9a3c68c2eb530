import { randomUUID } from 'node:crypto';
import { Option, type Command } from 'commander';
import { addSigning, type SigningOptions } from '../deliver-decision';
import type { ExitCode } from '../exit-codes';
import { acting, type Invocation } from '../invocation';
import { deliverWord } from '../say-word';
import { usageError } from '../words';
import { requireLength, requireReason } from './freeze';

interface StopOptions extends SigningOptions {
  readonly reason: string;
  readonly for?: string;
  readonly everything?: boolean;
  /** With an id, that stop alone. */
  readonly lift?: boolean | string;
}

const examples = `
A stop holds until it is lifted. A release that has changed something rolls back at its limit (15 minutes, if
slipway.yaml does not say otherwise); one that has changed nothing waits. What a step has begun it brings to its end.

Examples:
  slipway stop production --reason "orders are lost"
  slipway stop production --for 1h --reason "orders are lost"
  slipway stop production --everything --reason "the old version is worse"   halts ways back too, until the limit
  slipway stop production --lift --reason "it was the network"`;

export function addStop(program: Command): void {
  const command = program
    .command('stop')
    .summary('emergency: hold every release to an environment before its next change')
    .description(
      'Holds every release of an environment before its next change, also between two pointer moves. Checks go on, and ' +
        'ways back are not held.',
    )
    .argument('<environment>', 'which')
    .option('--for <time>', 'its limit: what is half done by then is put back')
    .option('--everything', 'halt ways back too; at the limit they go on')
    .addOption(
      new Option('--lift [id]', 'lift it: all stops, or the one that is named').conflicts(['for', 'everything']),
    )
    .requiredOption('--reason <text>', 'why: everybody reads it')
    .addHelpText('after', examples);
  addSigning(command).action(acting(stop));
}

function stop(invocation: Invocation, environment: string, options: StopOptions): Promise<ExitCode> {
  const reason = requireReason('stop', options.reason);
  const see = `slipway queue ${environment}`;
  const id = randomUUID();
  if (options.lift !== undefined) {
    const named = typeof options.lift === 'string' ? { stop: options.lift } : {};
    if (named.stop === '') throw usageError('stop', '--lift needs the id of a stop, such as s1, or none');
    const payload = { id, reason, ...named };
    return deliverWord(
      invocation,
      { environment, kind: 'liftStop', payload, words: ({ detail }) => `Stop ${detail}.`, see },
      options,
    );
  }
  const payload = {
    id,
    reason,
    ...(options.for !== undefined && { for: requireLength('stop', options.for) }),
    ...(options.everything && { everything: true }),
  };
  return deliverWord(
    invocation,
    { environment, kind: 'stop', payload, words: ({ detail }) => `Stopped: ${detail}.`, see },
    options,
  );
}
