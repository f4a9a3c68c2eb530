import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { parseDuration } from '../../release/durations';
import { sayFreeze, type FreezeDelivery } from '../calendar';
import { exitCodes, type ExitCode } from '../exit-codes';
import { acting, contextOf, whoActs, withTemporal, type Invocation } from '../invocation';
import { requireMoment } from '../moments';
import { environmentOf } from '../project-context';
import { usageError } from '../words';

interface FreezeOptions {
  readonly until?: string;
  readonly for?: string;
  readonly from?: string;
  readonly reason: string;
}

export function addFreeze(program: Command): void {
  program
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
    .addHelpText('after', '\nExample: slipway freeze production --for 2h --reason "incident 42"')
    .action(acting(freeze));
  program
    .command('unfreeze')
    .summary('end an announced freeze')
    .description('Ends an announced freeze before its time. `slipway calendar ENV` lists them.')
    .argument('<environment>', 'which')
    .argument('<id>', 'which freeze, such as f1')
    .requiredOption('--reason <text>', 'why, for the record')
    .addHelpText('after', '\nExample: slipway unfreeze production f1 --reason "the incident is over"')
    .action(acting(unfreeze));
}

async function freeze(invocation: Invocation, name: string, options: FreezeOptions): Promise<ExitCode> {
  const context = await contextOf(invocation);
  const environment = environmentOf(context, name);
  const zone = context.project.environments[environment]!.calendar?.zone;
  if ((options.for === undefined) === (options.until === undefined))
    throw usageError('freeze', 'either --for or --until must say how long');
  const time = (option: '--until' | '--from', text: string) => requireMoment('freeze', option, text, zone);
  return say(invocation, { project: context.project.name, environment }, 'freeze', {
    id: randomUUID(),
    reason: requireReason('freeze', options.reason),
    ...(options.from !== undefined && { from: time('--from', options.from) }),
    ...(options.until !== undefined && { until: time('--until', options.until) }),
    ...(options.for !== undefined && { for: requireLength(options.for) }),
  });
}

async function unfreeze(
  invocation: Invocation,
  name: string,
  id: string,
  { reason }: { readonly reason: string },
): Promise<ExitCode> {
  const context = await contextOf(invocation);
  const environment = environmentOf(context, name);
  const payload = { id, reason: requireReason('unfreeze', reason) };
  return say(invocation, { project: context.project.name, environment }, 'unfreeze', payload);
}

async function say(
  invocation: Invocation,
  place: { readonly project: string; readonly environment: string },
  kind: 'freeze' | 'unfreeze',
  payload: Readonly<Record<string, unknown>>,
): Promise<ExitCode> {
  const { io } = invocation;
  const person = await whoActs(invocation);
  return withTemporal(invocation, place.environment, async ({ client }) => {
    const delivery = await sayFreeze(client, place, kind, { by: person.name, ...payload });
    io.document({ ...place, by: person, ...delivery });
    io.say(wordsOf(delivery));
    io.say(io.look.paint.dim(`as ${person.name} (${person.from}); see \`slipway calendar ${place.environment}\``));
    return delivery.how === 'judged' ? exitCodes.ok : exitCodes.couldNotTell;
  });
}

const wordsOf = (delivery: FreezeDelivery): string =>
  delivery.how === 'judged' ? `Freeze ${delivery.answer.detail}.` : delivery.detail;

function requireReason(command: string, text: string): string {
  if (text.trim() !== '' && text.length <= 500) return text;
  throw usageError(command, '--reason needs 1 to 500 characters: people will ask why');
}

function requireLength(text: string): string {
  const parsed = parseDuration(text);
  if (parsed.ok && parsed.ms > 0) return text;
  throw usageError('freeze', `--for needs a length of time such as 2h or 1d, not "${text}"`);
}
