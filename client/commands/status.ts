import type { Command } from 'commander';
import type { Client } from '@temporalio/client';
import { SlipwayError } from '../../release/errors';
import type { Project } from '../../release/project';
import { stopLines } from '../../release/render-queue';
import type { EmergencyStop } from '../../release/stop';
import { environmentStateIfAny } from '../ask-environment';
import { renderStatus } from '../../release/render-state';
import { exitCodes, type ExitCode } from '../exit-codes';
import { acting, requireEnvironment, withTemporal, type Invocation } from '../invocation';
import { listReleases } from '../list-releases';
import { listLines } from '../release-list';
import { releaseState } from '../release-state';
import { withRelease } from '../with-release';

interface StatusOptions {
  readonly env?: string;
  readonly all?: boolean;
}

export function addStatus(program: Command): void {
  program
    .command('status')
    .summary('show what runs, or one release')
    .description('Without RELEASE: the releases that run. With one: everything that is known of it.')
    .argument('[release]', 'a full id, environment/version/n, or a version')
    .option('--env <environment>', 'only of this environment')
    .option('--all', 'also those that have ended')
    .addHelpText('after', '\nExample: slipway status production/1.2.0/1')
    .action(acting(status));
}

function status(invocation: Invocation, text: string | undefined, options: StatusOptions): Promise<ExitCode> {
  return text === undefined ? list(invocation, options) : detail(invocation, text, options);
}

async function list(invocation: Invocation, { env, all }: StatusOptions): Promise<ExitCode> {
  const { io } = invocation;
  await requireEnvironment(invocation, env);
  return withTemporal(invocation, env, async ({ client }, context) => {
    const filter = { project: context?.project.name, environment: env, running: !all };
    const releases = await listReleases(client, filter);
    const stops = context ? await stopsIn(client, context.project, env) : {};
    io.document({ releases, stops });
    for (const [environment, held] of Object.entries(stops)) {
      for (const line of [io.look.paint.bold(environment), ...stopLines(held, io.look.paint)]) io.say(line);
    }
    for (const line of listLines(releases)) io.say(line);
    if (releases.length === 0)
      io.say(all ? 'There was no release yet.' : 'No release is running. (--all shows those that have ended.)');
    return exitCodes.ok;
  });
}

/** Emergency stops, by environment. An environment whose worker does not answer soon is left out: the list does without. */
async function stopsIn(
  client: Client,
  { name: project, environments }: Project,
  only: string | undefined,
): Promise<Record<string, readonly EmergencyStop[]>> {
  const asked = Object.keys(environments).filter((environment) => only === undefined || environment === only);
  const found = await Promise.all(
    asked.map(async (environment) => {
      const state = await environmentStateIfAny(client, { project, environment }, 2_000).catch(() => undefined);
      return [environment, state?.stops ?? []] as const;
    }),
  );
  return Object.fromEntries(found.filter(([, stops]) => stops.length > 0));
}

const isSilent = ({ code }: SlipwayError): boolean => code === 'NO_WORKER' || code === 'WORKER_INCOMPATIBLE';

function detail(invocation: Invocation, text: string, { env }: StatusOptions): Promise<ExitCode> {
  const { io } = invocation;
  return withRelease(invocation, { text, environment: env }, async (release, temporal) => {
    try {
      const state = await releaseState(temporal.client, release.id);
      io.document(state);
      io.say(renderStatus(state, new Date().toISOString(), io.look));
    } catch (error) {
      if (!(error instanceof SlipwayError) || !isSilent(error)) throw error;
      // What the list says is all that is known, and that it is no more.
      if (io.json) throw error;
      io.say(listLines([release]).join('\n'));
      throw error;
    }
    const link = temporal.linkTo(release.id, release.runId);
    if (link) io.say(io.look.paint.dim(link));
    return exitCodes.ok;
  });
}
