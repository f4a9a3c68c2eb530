import type { Command } from 'commander';
import { closedGates, type GateReport } from '../../release/gate';
import { renderPlan, renderPlanMarkdown } from '../../release/render-plan';
import { exitCodes, type ExitCode } from '../exit-codes';
import { acting, contextOf, whoActs, withTemporal, type Invocation } from '../invocation';
import { previewRelease } from '../preview-release';
import { releasableEnvironment } from '../project-context';
import { releaseInput } from '../request-release';
import { requireCommit, requireVersion } from '../words';

interface PlanOptions {
  readonly env: string;
  readonly commit?: string;
  readonly markdown?: boolean;
}

export function addPlan(program: Command): void {
  program
    .command('plan')
    .summary('show what a release would do')
    .description('Looks at everything, evaluates the gates and shows the plan. Changes nothing.')
    .argument('<version>', 'the version to release')
    .requiredOption('--env <environment>', 'where to')
    .option('--commit <sha>', 'this commit for every service, instead of what the version says')
    .option('--markdown', 'as Markdown')
    .addHelpText(
      'after',
      '\nExample: slipway plan 1.2.0 --env production\n\nExit code 0: the gates are open; 3: one is closed; 4: one could not be told.',
    )
    .action(acting(showPlan));
}

async function showPlan(
  invocation: Invocation,
  version: string,
  { env, commit, markdown }: PlanOptions,
): Promise<ExitCode> {
  const { io } = invocation;
  const context = await contextOf(invocation);
  const environment = releasableEnvironment(context, env);
  const order = {
    environment,
    version: requireVersion(version),
    commit: requireCommit(commit),
    by: (await whoActs(invocation)).name,
  };
  const input = releaseInput(context.project, order);
  return withTemporal(invocation, environment, async ({ client }) => {
    const { gates, plan, alreadyLive } = await previewRelease(client, input);
    io.document({ gates, plan, alreadyLive });
    io.say(markdown ? renderPlanMarkdown(plan, gates) : renderPlan(plan, gates, io.look.paint));
    if (!markdown)
      io.say(
        io.look.paint.dim(
          'A release makes its own plan and digest: its tags carry the time at which it was asked for.',
        ),
      );
    if (alreadyLive) io.remark(`Version ${version} is already live in ${environment}: there is nothing to do.`);
    return exitCodeOfGates(gates);
  });
}

function exitCodeOfGates(gates: readonly GateReport[]): ExitCode {
  const { failed, unknown } = closedGates(gates);
  if (failed.length > 0) return exitCodes.refused;
  return unknown.length > 0 ? exitCodes.couldNotTell : exitCodes.ok;
}
