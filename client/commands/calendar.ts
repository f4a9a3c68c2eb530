import type { Command } from 'commander';
import { renderCalendar } from '../../release/calendar/render';
import { calendarOf } from '../calendar';
import { exitCodes, type ExitCode } from '../exit-codes';
import { acting, contextOf, withTemporal, type Invocation } from '../invocation';
import { requireMoment } from '../moments';
import { environmentOf } from '../project-context';
import { usageError } from '../words';

interface CalendarOptions {
  readonly weeks: string;
  readonly at?: string;
}

const help = `
Examples:
  slipway calendar production
  slipway calendar production --at "2026-12-24 10:00"     why is it closed then?
The worker of the environment reads calendars and holidays: the answer is the one that a release would get.
Exit code 0: open; 3: closed; 4: it could not be told.`;

export function addCalendar(program: Command): void {
  program
    .command('calendar')
    .summary('show when an environment may be changed')
    .description('Whether a release may begin now, why not, when it next may, and the coming weeks.')
    .argument('<environment>', 'of which')
    .option('--weeks <n>', 'how many weeks, 1 to 26', '4')
    .option('--at <time>', 'from that moment on: "2026-12-24 10:00" in its own time zone, or with an offset')
    .addHelpText('after', help)
    .action(acting(calendar));
}

async function calendar(invocation: Invocation, name: string, { weeks, at }: CalendarOptions): Promise<ExitCode> {
  const { io } = invocation;
  const context = await contextOf(invocation);
  const environment = environmentOf(context, name);
  if (!/^([1-9]|1\d|2[0-6])$/.test(weeks))
    throw usageError('calendar', `--weeks needs a number from 1 to 26, not "${weeks}"`);
  const { project } = context;
  const zone = project.environments[environment]!.calendar?.zone;
  const moment = at === undefined ? null : requireMoment('calendar', '--at', at, zone);
  return withTemporal(invocation, environment, async ({ client }) => {
    const view = await calendarOf(client, { project, environment }, { weeks: Number(weeks), at: moment });
    io.document(view);
    for (const line of renderCalendar(view, io.look.paint)) io.say(line);
    if (!project.environments[environment]!.calendar)
      io.remark(`slipway.yaml has no calendar for ${environment}: only announced freezes close it.`);
    return { open: exitCodes.ok, closed: exitCodes.refused, unknown: exitCodes.couldNotTell }[view.verdict.verdict];
  });
}
