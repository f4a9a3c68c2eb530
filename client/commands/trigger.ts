import type { Command } from 'commander';
import { formatDuration } from '../../release/durations';
import { errorReport, SlipwayError, type ErrorReport } from '../../release/errors';
import { exitCodeOfError } from '../../release/exit-codes';
import { moment } from '../../release/moments';
import { fitted, oneLine } from '../../release/plain-text';
import { countsInWords } from '../../release/render-triggers';
import type { SeenTag, TriggersRecord } from '../../workflows/messages';
import { exitCodes, type ExitCode } from '../exit-codes';
import { acting, contextOf, whoActs, withTemporal, type Invocation } from '../invocation';
import type { Io } from '../io';
import type { ProjectContext } from '../project-context';
import {
  pollingEnvironment,
  triggerSchedule,
  triggersOff,
  triggersRecord,
  turnTriggersOff,
  turnTriggersOn,
  type ScheduleState,
} from '../triggers';
import { usageError } from '../words';

export function addTrigger(program: Command): void {
  const trigger = program
    .command('trigger')
    .summary('let tags start releases')
    .description('Turns the triggers of slipway.yaml on and off, and tells what became of each tag.')
    .addHelpText(
      'after',
      `
Examples:
  slipway trigger on                                       note the tags that are there, release those that come
  git tag -a release/v1.2.0 -m "what is new" && git push origin release/v1.2.0
  slipway trigger list                                     what became of it
  slipway trigger off                                      tags made from now on are noted later, never released`,
    );
  trigger
    .command('on')
    .summary('look for tags from now on')
    .description(
      'Notes all tags that are there, which are never released, then looks for new ones. Run it again after a change of slipway.yaml: what is on stays on meanwhile.',
    )
    .action(acting(on));
  trigger
    .command('off')
    .summary('look for tags no more')
    .description('Tags made from now on are noted when the triggers are turned on again, and never released.')
    .action(acting(off));
  trigger
    .command('list')
    .summary('show triggers, how the last look went, and the newest tags')
    .option('--limit <n>', 'how many tags', '20')
    .addHelpText('after', '\nExit code 4: the repository, the ledger or a worker does not answer.')
    .action(acting(list));
}

async function on(invocation: Invocation): Promise<ExitCode> {
  const { io } = invocation;
  const { context, environment } = await triggersOf(invocation);
  const person = await whoActs(invocation);
  return withTemporal(invocation, environment, async (temporal) => {
    const warning = await temporal.ensureSearchAttributes();
    if (warning) io.remark(`Warning: ${warning}`);
    const { seen } = await turnTriggersOn(temporal.client, context.project, person.name);
    const noted = seen.noted ?? 0;
    io.document({ state: 'on', noted });
    io.say(
      noted === 0
        ? 'On. No tag was there that is not recorded already.'
        : `On. ${noted} ${noted === 1 ? 'tag was' : 'tags were'} there and noted: never released.`,
    );
    for (const { pattern, environment: to, every } of context.project.triggers)
      io.say(
        `From now on a new annotated tag ${pattern} asks for a release to ${to} (looked for every ${formatDuration(every)}).`,
      );
    return exitCodes.ok;
  });
}

async function off(invocation: Invocation): Promise<ExitCode> {
  const { io } = invocation;
  const context = await contextOf(invocation);
  const person = await whoActs(invocation);
  // One that is no longer in the file can be turned off as well.
  const environment = context.project.triggers[0]?.environment ?? Object.keys(context.project.environments)[0];
  return withTemporal(invocation, environment, async ({ client }) => {
    const wasOn = await turnTriggersOff(client, context.project.name, person.name);
    io.document({ state: 'off', wasOn });
    io.say(
      wasOn ? 'Off. Tags made from now on are never released, also when it is turned on again.' : 'It was off already.',
    );
    return exitCodes.ok;
  });
}

async function list(invocation: Invocation, { limit }: { readonly limit: string }): Promise<ExitCode> {
  const { io } = invocation;
  const count = Number(limit);
  if (!Number.isInteger(count) || count < 1 || count > 1_000)
    throw usageError('trigger list', '--limit must be a number from 1 to 1000');
  const { context, environment } = await triggersOf(invocation);
  const { project } = context;
  return withTemporal(invocation, environment, async ({ client }) => {
    const schedule = await triggerSchedule(client, project);
    let record: TriggersRecord | null = null;
    let failure: ErrorReport | null = null;
    try {
      record = await triggersRecord(client, project, count);
    } catch (error) {
      if (!(error instanceof SlipwayError)) throw error;
      failure = error.report;
    }
    const troubles = troublesOf(schedule, record, failure);
    io.document({ schedule, ...(record ?? { triggers: [], tags: [], counts: {} }), troubles });
    show(io, context, schedule, record, troubles);
    const [first] = troubles;
    return first ? exitCodeOfError(first.report.code) : exitCodes.ok;
  });
}

/** The project, which must have triggers, and the environment whose worker looks for them. */
async function triggersOf(invocation: Invocation): Promise<{ context: ProjectContext; environment: string }> {
  const context = await contextOf(invocation);
  return { context, environment: pollingEnvironment(context.project, context.file) };
}

interface Trouble {
  readonly report: ErrorReport;
  /** ISO 8601; null = not known. */
  readonly since: string | null;
}

/** Everything that keeps tags from being seen, each once. */
function troublesOf(schedule: ScheduleState, record: TriggersRecord | null, failure: ErrorReport | null): Trouble[] {
  const of = (record?.triggers ?? []).flatMap(({ failure: report, failingSince }) =>
    report && schedule.state === 'on' ? [{ report, since: failingSince }] : [],
  );
  const ofPoll = schedule.state === 'on' ? (schedule.lastPoll?.result?.failures ?? []) : [];
  const all: Trouble[] = [...(failure ? [{ report: failure, since: null }] : []), ...of];
  // What the ledger has is newer than what the last poll said; without a ledger that is all there is.
  if (!record) all.push(...ofPoll);
  const code = record && schedule.state === 'on' ? stranger(schedule, record) : undefined;
  if (code) all.push({ report: errorReport(code), since: null });
  return all.filter(({ report }, n) => all.findIndex((one) => one.report.message === report.message) === n);
}

/** Why polls of this schedule start nothing; undefined if they do. */
function stranger(
  { activation, triggers }: ScheduleState,
  record: TriggersRecord,
): 'TRIGGER_FORGOTTEN' | 'TRIGGER_SUPERSEDED' | undefined {
  const areKnown = triggers.every(({ pattern, environment }) =>
    record.triggers.some((one) => one.pattern === pattern && one.environment === environment),
  );
  if (!areKnown || activation === triggersOff) return 'TRIGGER_FORGOTTEN';
  return record.triggers.some((one) => one.activation !== activation) ? 'TRIGGER_SUPERSEDED' : undefined;
}

function show(
  io: Io,
  { project, file }: ProjectContext,
  schedule: ScheduleState,
  record: TriggersRecord | null,
  troubles: readonly Trouble[],
): void {
  const { paint } = io.look;
  const states = { on: paint.green('on'), off: paint.yellow('off'), missing: 'never turned on here' };
  io.say(
    `Triggers of ${project.name}: ${states[schedule.state]}${schedule.note ? ` (${oneLine(schedule.note)})` : ''}`,
  );
  for (const { pattern, environment, services } of project.triggers)
    io.say(`  ${pattern} → ${environment}: ${services.join(', ')}`);
  if (schedule.state !== 'missing' && !schedule.isCurrent)
    io.say(
      paint.yellow(`${file} has changed since: what is polled for is what it said then. Run \`slipway trigger on\`.`),
    );
  const looked = record?.triggers.flatMap(({ lookedAt }) => lookedAt ?? []).sort()[0];
  if (looked) io.say(`Last look that was answered: ${moment(looked)}`);
  if (schedule.state === 'on' && schedule.pollingSince) io.say(`A poll runs since ${moment(schedule.pollingSince)}.`);
  for (const { report, since } of troubles) {
    io.say(paint.red(`Trouble${since ? ` since ${moment(since)}` : ''}: ${oneLine(report.message)}`));
    io.say(`  ${oneLine(report.todo)}`);
  }
  if (schedule.state === 'on') for (const why of schedule.lastPoll?.result?.held ?? []) io.say(oneLine(why));
  if (!record) return;
  const counts = countsInWords(record.counts);
  io.say(counts ? `Tags: ${counts}. The newest first:` : 'No tag was seen yet.');
  for (const tag of record.tags) for (const line of tagLines(tag)) io.say(line);
}

function tagLines({ tag, environment, object, status, why, tagger, releaseId, changedAt }: SeenTag): string[] {
  const by = tagger ? ` by ${fitted(tagger, 40)}` : '';
  const what = releaseId ?? (status === 'waiting' ? `waits for ${environment}` : status);
  return [
    `  ${fitted(tag, 60)}${by} (${object.slice(0, 10)}, ${moment(changedAt)}): ${what}`,
    ...(why ? [`      ${oneLine(why)}`] : []),
  ];
}
