import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { parseDuration } from '../../release/durations';
import { addSigning, type SigningOptions } from '../deliver-decision';
import type { ExitCode } from '../exit-codes';
import { acting, contextOf, type Invocation } from '../invocation';
import { requireMoment } from '../moments';
import { environmentOf } from '../project-context';
import { deliverWord } from '../say-word';
import { usageError } from '../words';

interface FreezeOptions extends SigningOptions {
  readonly until?: string;
  readonly for?: string;
  readonly from?: string;
  readonly reason: string;
}

interface UnfreezeOptions extends SigningOptions {
  readonly reason: string;
}

export function addFreeze(program: Command): void {
  const freezing = program
    .command('freeze')
    .summary('announce that an environment must not be changed for a while')
    .description(
      'Releases wait before their first change and before their first pointer move, and go on by themselves when it ends. ' +
        'One whose pointers have begun to move is not stopped, and a rollback never is.',
    )
    .argument('<environment>', 'which')
    .option('--for <time>', 'how long: 2h, 1d')
    .option('--until <time>', 'its end: "2026-11-23 14:00" in its own time zone, or with an offset')
    .option('--from <time>', 'its beginning (now by default)')
    .requiredOption('--reason <text>', 'why: everybody who waits reads it')
    .addHelpText('after', '\nExample: slipway freeze production --for 2h --reason "incident 42"');
  addSigning(freezing).action(acting(freeze));
  const unfreezing = program
    .command('unfreeze')
    .summary('end an announced freeze')
    .description('Ends an announced freeze before its time. `slipway calendar ENV` lists them.')
    .argument('<environment>', 'which')
    .argument('<id>', 'which freeze, such as f1')
    .requiredOption('--reason <text>', 'why, for the record')
    .addHelpText('after', '\nExample: slipway unfreeze production f1 --reason "the incident is over"');
  addSigning(unfreezing).action(acting(unfreeze));
}

async function freeze(invocation: Invocation, name: string, options: FreezeOptions): Promise<ExitCode> {
  const context = await contextOf(invocation);
  const environment = environmentOf(context, name);
  const zone = context.project.environments[environment]!.calendar?.zone;
  if ((options.for === undefined) === (options.until === undefined))
    throw usageError('freeze', 'either --for or --until must say how long');
  const time = (option: '--until' | '--from', text: string) => requireMoment('freeze', option, text, zone);
  const payload = {
    id: randomUUID(),
    reason: requireReason('freeze', options.reason),
    ...(options.from !== undefined && { from: time('--from', options.from) }),
    ...(options.until !== undefined && { until: time('--until', options.until) }),
    ...(options.for !== undefined && { for: requireLength('freeze', options.for) }),
  };
  return say(invocation, environment, 'freeze', payload, options);
}

function unfreeze(invocation: Invocation, name: string, id: string, options: UnfreezeOptions): Promise<ExitCode> {
  return say(invocation, name, 'unfreeze', { id, reason: requireReason('unfreeze', options.reason) }, options);
}

function say(
  invocation: Invocation,
  environment: string,
  kind: 'freeze' | 'unfreeze',
  payload: Readonly<Record<string, unknown>>,
  options: SigningOptions,
): Promise<ExitCode> {
  const see = `slipway calendar ${environment}`;
  return deliverWord(
    invocation,
    { environment, kind, payload, words: ({ detail }) => `Freeze ${detail}.`, see },
    options,
  );
}

/** A reason as people give it; fails with USAGE. */
export function requireReason(command: string, text: string): string {
  if (text.trim() !== '' && text.length <= 500) return text;
  throw usageError(command, '--reason needs 1 to 500 characters: people will ask why');
}

/** A length of time as people give it; fails with USAGE. */
export function requireLength(command: string, text: string): string {
  const parsed = parseDuration(text);
  if (parsed.ok && parsed.ms > 0) return text;
  throw usageError(command, `--for needs a length of time such as 15m, 2h or 1d, not "${text}"`);
}
