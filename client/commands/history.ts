import type { Command } from 'commander';
import { parseDuration } from '../../release/durations';
import { historyLines } from '../../release/render-recorded';
import { exitCodes, type ExitCode } from '../exit-codes';
import { lookEverywhere } from '../every-environment';
import { acting, contextOf, withTemporal, type Invocation } from '../invocation';
import { environmentOf } from '../project-context';
import { releaseHistory } from '../read-ledger';
import { usageError } from '../words';

interface HistoryOptions {
  readonly limit: string;
  readonly since?: string;
  readonly env?: string;
}

/** More would fill memory, not help anybody. */
const MOST = 10_000;

export function addHistory(program: Command): void {
  program
    .command('history')
    .summary('show the releases that were, from the ledger')
    .description(
      'The releases of an environment, or of all, newest first. The ledger keeps them longer than Temporal does.',
    )
    .argument('[environment]', 'only of this environment')
    .option('--env <environment>', 'the same, as other commands take it')
    .option('--limit <n>', 'how many of each environment', '20')
    .option('--since <when>', 'only from then on: a date such as 2026-03-01, or how long ago, such as 30d')
    .addHelpText(
      'after',
      '\nExample: slipway history production --since 30d\nExit code 4: the ledger or a worker does not answer.',
    )
    .action(acting(history));
}

async function history(
  invocation: Invocation,
  argument: string | undefined,
  options: HistoryOptions,
): Promise<ExitCode> {
  const { io } = invocation;
  const environment = argument ?? options.env;
  if (options.env !== undefined && options.env !== environment)
    throw usageError('history', `it is asked for ${argument} and for ${options.env}: name one environment, or none`);
  const limit = requireLimit(options.limit);
  const since = requireSince(options.since);
  const context = await contextOf(invocation);
  const environments = environment ? [environmentOf(context, environment)] : Object.keys(context.project.environments);
  return withTemporal(invocation, environment, async ({ client }) => {
    const project = context.project.name;
    const { found } = await lookEverywhere(io, environments, (each) =>
      releaseHistory(client, { project, environment: each }, { since, limit }),
    );
    const releases = found.flat().sort((a, b) => (a.requestedAt < b.requestedAt ? 1 : -1));
    io.document({ releases });
    for (const line of historyLines(releases, io.look)) io.say(line);
    if (found.some(({ length }) => length === limit)) io.remark(`There may be older ones: --limit shows more.`);
    if (releases.length === 0) io.say(since === null ? noneYet(environments) : noneSince(options.since!));
    return exitCodes.ok;
  });
}

const noneYet = (environments: readonly string[]): string =>
  `The ledger knows no release to ${environments.join(', ')} yet: \`slipway release VERSION --env ${environments[0]}\` makes one.`;

const noneSince = (since: string): string =>
  `The ledger knows no release since ${since}: without --since it shows the newest ones.`;

function requireLimit(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= MOST) return Number(text);
  throw usageError('history', `--limit needs a number from 1 to ${MOST}, not "${text}"`);
}

/** A moment in ISO 8601, UTC, or null if none was given. */
function requireSince(text: string | undefined): string | null {
  if (text === undefined) return null;
  const ago = parseDuration(text);
  if ('ms' in ago) return new Date(Date.now() - ago.ms).toISOString();
  const moment = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(moment)) return new Date(moment).toISOString();
  throw usageError('history', `--since needs a date such as 2026-03-01 or a length of time such as 30d, not "${text}"`);
}
