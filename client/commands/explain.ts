import type { Command } from 'commander';
import type { ReleaseInput } from '../../workflows/messages';
import { obstaclesOf, verdictOver, type Obstacle, type ObstacleKind, type Situation } from '../../release/obstacles';
import { oneLine } from '../../release/plain-text';
import { environmentStateIfAny } from '../ask-environment';
import type { Temporal } from '../connect';
import { exitCodes, type ExitCode } from '../exit-codes';
import { acting, contextOf, whoActs, withTemporal, type Invocation } from '../invocation';
import type { Io } from '../io';
import { previewRelease } from '../preview-release';
import { releasableEnvironment } from '../project-context';
import { releaseInput } from '../request-release';
import { asSlipwayError } from '../temporal-errors';
import { requireCommit, requireVersion } from '../words';

export function addExplain(program: Command): void {
  program
    .command('explain')
    .summary('say what would stop a release now, and what to do about each')
    .description(
      'Looks at everything as `plan` does, and at the environment, its queue and its calendar: what would stop a release ' +
        'now, what it would wait for, and who would be asked. Changes nothing.',
    )
    .argument('<version>', 'the version to release')
    .requiredOption('--env <environment>', 'where to')
    .option('--commit <sha>', 'this commit for every service, instead of what the version says')
    .addHelpText(
      'after',
      `
Example: slipway explain 1.2.0 --env production

Exit code 0: nothing would stop it; 3: something would; 4: something could not be told.`,
    )
    .action(acting(explain));
}

async function explain(
  invocation: Invocation,
  version: string,
  { env, commit }: { readonly env: string; readonly commit?: string },
): Promise<ExitCode> {
  const { io } = invocation;
  const context = await contextOf(invocation);
  const environment = releasableEnvironment(context, env);
  const by = (await whoActs(invocation)).name;
  const order = { environment, version: requireVersion(version), commit: requireCommit(commit), by };
  const input = releaseInput(context.project, order);
  return withTemporal(invocation, environment, async (temporal) => {
    const situation = await situationOf(temporal, input);
    const obstacles = obstaclesOf(situation);
    const verdict = verdictOver(obstacles);
    io.document({ version, environment, verdict, obstacles });
    sayObstacles(io, { version, environment }, obstacles);
    return exitCodeOf[verdict];
  });
}

const exitCodeOf = { passed: exitCodes.ok, failed: exitCodes.refused, unknown: exitCodes.couldNotTell } as const;

/** What a look cannot find out is an obstacle of its own, told with the others. */
async function situationOf({ client }: Temporal, input: ReleaseInput): Promise<Situation> {
  const { environment: name, version, requestedBy: by } = input;
  const state = await environmentStateIfAny(client, { project: input.project.name, environment: name });
  const project = state?.rules?.project ?? input.project;
  const environment = project.environments[name] ?? input.project.environments[name]!;
  const about = { project, environment, version, by, state };
  try {
    return { ...about, survey: await previewRelease(client, input) };
  } catch (error) {
    const known = asSlipwayError(error);
    // Without a worker nothing at all could be told: that is no answer about this version.
    if (known.code === 'NO_WORKER' || known.code === 'TEMPORAL_UNREACHABLE') throw known;
    return { ...about, survey: { failed: known.report } };
  }
}

const headings: Readonly<Record<ObstacleKind, string>> = {
  stops: 'It would not be released',
  unknown: 'Could not be told',
  waits: 'It would wait for',
  asks: 'People are asked for',
};

function sayObstacles(
  io: Io,
  { version, environment }: { readonly version: string; readonly environment: string },
  obstacles: readonly Obstacle[],
): void {
  const { paint } = io.look;
  io.say(paint.bold(`${version} to ${environment}, as it stands now`));
  if (obstacles.length === 0) return io.say(paint.green('Nothing stands in its way, and nobody is asked.'));
  for (const [kind, heading] of Object.entries(headings)) {
    const some = obstacles.filter((one) => one.kind === kind);
    if (some.length === 0) continue;
    io.say(`\n${kind === 'stops' ? paint.red(heading) : paint.bold(heading)}`);
    for (const { what, detail, todo } of some) {
      io.say(`  ${what}: ${oneLine(detail)}`);
      io.say(paint.dim(`    ${todo}`));
    }
  }
  if (verdictOver(obstacles) === 'passed') io.say(paint.green('\nNothing would stop it.'));
}
