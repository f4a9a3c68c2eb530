import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { CalendarRequest } from '../../release/calendar/needed';
import type { KindRequest } from '../../release/release-kind';
import type { ExitCode } from '../exit-codes';
import { followRequest } from '../follow-request';
import { acting, contextOf, whoActs, withTemporal, type Invocation } from '../invocation';
import { requireMoment } from '../moments';
import { releasableEnvironment } from '../project-context';
import { releaseInput, requestRelease } from '../request-release';
import { requireCommit, requireVersion, usageError } from '../words';

interface ReleaseOptions {
  readonly env: string;
  readonly commit?: string;
  readonly yes?: boolean;
  readonly detach?: boolean;
  readonly at?: string;
  readonly whenOpen?: boolean;
  readonly hotfix?: boolean;
  readonly endWaits?: string;
  readonly reason?: string;
  readonly again?: string;
  readonly acknowledge: readonly string[];
  readonly sign?: string | false;
}

export function addRelease(program: Command): void {
  program
    .command('release')
    .summary('release a version')
    .description(
      'Starts a release, shows its gates and its plan, and watches it to its end. Ctrl-C only ends the watching.',
    )
    .argument('<version>', 'the version to release')
    .requiredOption('--env <environment>', 'where to')
    .option('--commit <sha>', 'this commit for every service, instead of what the version says')
    .option('--yes', 'approve the plan once it has been shown, if you are an approver')
    .option('--acknowledge <id...>', 'with --yes: what the approval acknowledges', [])
    .option('--sign <keyfile>', 'sign your approval with this SSH key, instead of the one that git or your agent has')
    .option('--no-sign', 'do not sign it')
    .option('--at <time>', 'approve now, begin not before: "2026-11-23 07:00" in its own time zone, or with an offset')
    .option('--when-open', 'wait for the calendar however long it takes')
    .option('--hotfix', 'a hotfix: first in the queue, by the shorter way that `hotfix` in slipway.yaml describes')
    .option('--end-waits <reason>', 'with --hotfix: end the waits of the release that holds the environment, and why')
    .option('--reason <text>', 'why, for the record')
    .option('--detach', 'start it and do not wait')
    .option('--again <reason>', 'although this version was rolled back and is on hold: why it will work now')
    .addHelpText(
      'after',
      `
Examples:
  slipway release 1.2.0 --env production
  slipway release 1.2.0 --env production --at "2026-11-23 07:00"      approve it now
  slipway release 1.2.1 --env production --hotfix --reason "login is broken"`,
    )
    .action(acting(release));
}

async function release(invocation: Invocation, version: string, options: ReleaseOptions): Promise<ExitCode> {
  const { io } = invocation;
  if (options.detach && options.yes) {
    throw usageError('release', '--detach does not wait for the plan that --yes approves');
  }
  const context = await contextOf(invocation);
  const environment = releasableEnvironment(context, options.env);
  const wanted = requireVersion(version);
  const commit = requireCommit(options.commit);
  const person = await whoActs(invocation);
  const input = releaseInput(context.project, {
    environment,
    version: wanted,
    commit,
    by: person.name,
    ...kindRequest(options),
    ...calendarRequest(options, context.project.environments[environment]!.calendar?.zone),
  });
  return withTemporal(invocation, environment, async (temporal) => {
    const warning = await temporal.ensureSearchAttributes();
    if (warning) io.remark(`Warning: ${warning}`);
    const started = await requestRelease(temporal.client, {
      ...input,
      requestId: randomUUID(),
      again: requireReason(options.again),
    });
    return followRequest(invocation, temporal, started, person, { ...options, project: context.project });
  });
}

/** A slip of the year would let a release wait for good. */
const LONGEST_AHEAD = 366 * 86_400_000;

/** A moment is written without its seconds. */
const ROUNDED = 60_000;

/** What the calendar goes by; nothing where nothing was said. */
function calendarRequest({ at, whenOpen }: ReleaseOptions, zone: string | undefined): CalendarRequest {
  const moment = at === undefined ? null : requireMoment('release', '--at', at, zone);
  if (moment !== null && Date.parse(moment) > Date.now() + LONGEST_AHEAD)
    throw usageError('release', `--at may be a year ahead at most, not ${moment}`);
  if (moment !== null && Date.parse(moment) < Date.now() - ROUNDED)
    throw usageError(
      'release',
      `--at is past already: ${moment}. Leave it out to begin as soon as the calendar is open`,
    );
  const isSaid = moment !== null || whenOpen;
  return isSaid ? { start: { at: moment, whenOpen: whenOpen ?? false } } : {};
}

/** Which sort of release it is. Fails with USAGE. */
function kindRequest({ hotfix, endWaits, reason }: ReleaseOptions): KindRequest {
  if (endWaits !== undefined && !hotfix) throw usageError('release', '--end-waits is for a --hotfix');
  if (endWaits?.trim() === '') throw usageError('release', '--end-waits needs a reason');
  return {
    ...(hotfix && { kind: 'hotfix' as const }),
    ...(endWaits && { endWaits: endWaits.trim().slice(0, 2_000) }),
    ...(reason && { reason: reason.slice(0, 2_000) }),
  };
}

/** Why a version that is on hold may be released again; null = nobody says so. */
function requireReason(again: string | undefined): string | null {
  if (again === undefined) return null;
  if (again.trim() !== '') return again.trim().slice(0, 2_000);
  throw usageError('release', '--again needs a reason, such as --again "the database was full"');
}
