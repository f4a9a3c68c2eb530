import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { SlipwayError } from '../../release/errors';
import { lastReleased } from '../../release/panic-rollback';
import { environmentState } from '../ask-environment';
import type { ExitCode } from '../exit-codes';
import { followRequest } from '../follow-request';
import { acting, contextOf, whoActs, withTemporal, type Invocation } from '../invocation';
import { releasableEnvironment } from '../project-context';
import { releaseInput, requestRelease } from '../request-release';
import { usageError } from '../words';

interface RedeployOptions {
  readonly reason?: string;
  readonly yes?: boolean;
  readonly detach?: boolean;
  readonly sign?: string | false;
}

export function addRedeploy(program: Command): void {
  program
    .command('redeploy')
    .summary('deploy what runs once more')
    .description(
      'Has the host build and deploy the version that runs once more, as a release with its approvals: a new tag on the ' +
        'same commit, or the command that `redeploy` of the pointer names.',
    )
    .argument('<environment>', 'where')
    .option('--reason <text>', 'why, for the record')
    .option('--yes', 'approve the plan once it has been shown, if you are an approver')
    .option('--sign <keyfile>', 'sign your approval with this SSH key, instead of the one that git or your agent has')
    .option('--no-sign', 'do not sign it')
    .option('--detach', 'start it and do not wait')
    .addHelpText('after', '\nExample: slipway redeploy production --reason "a certificate was renewed"')
    .action(acting(redeploy));
}

async function redeploy(invocation: Invocation, name: string, options: RedeployOptions): Promise<ExitCode> {
  const { reason, detach, yes } = options;
  if (detach && yes) throw usageError('redeploy', '--detach does not wait for the plan that --yes approves');
  const context = await contextOf(invocation);
  const environment = releasableEnvironment(context, name);
  const { project } = context;
  const person = await whoActs(invocation);
  return withTemporal(invocation, environment, async (temporal) => {
    const { live } = await environmentState(temporal.client, { project: project.name, environment });
    const last = lastReleased(live);
    if (!last?.version)
      throw new SlipwayError('REDEPLOY_UNKNOWN', { environment, detail: 'no release has finished here yet' });
    const order = { environment, version: last.version, commit: null, by: person.name };
    const kind = { kind: 'redeploy' as const, ...(reason && { reason }) };
    const input = releaseInput(project, { ...order, ...kind });
    const started = await requestRelease(temporal.client, { ...input, requestId: randomUUID() });
    return followRequest(invocation, temporal, started, person, { ...options, acknowledge: [], project });
  });
}
