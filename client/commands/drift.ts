import type { Command } from 'commander';
import { driftsOf } from '../../release/drift';
import { watchLines } from '../../release/render-drift';
import type { EnvironmentState } from '../../release/environment-state';
import { environmentState } from '../ask-environment';
import type { Temporal } from '../connect';
import { exitCodes, type ExitCode } from '../exit-codes';
import { followRollback, sayRollback } from '../follow-rollback';
import { acting, contextOf, whoActs, withTemporal, type Invocation } from '../invocation';
import { environmentOf } from '../project-context';
import { requestRestore } from '../request-rollback';
import { sayLook } from '../say-look';
import { lookAtEnvironment } from '../watch-environment';
import { usageError } from '../words';

export function addDrift(program: Command): void {
  program
    .command('drift')
    .summary('find out whether what runs is what the last release left')
    .description(
      'Looks now at what runs and where pointers stand, and compares it with what the last release left. Drift is said, ' +
        'and holds the queue, once two looks have seen it.',
    )
    .argument('<environment>', 'which')
    .option('--no-look', 'only what the last look has seen')
    .option('--restore', 'put back what the last release left, as a rollback does it')
    .option('--reason <text>', 'of --restore: why, for the record')
    .addHelpText(
      'after',
      `
Examples:
  slipway drift production
  slipway drift production --restore --reason "nobody knows why it was moved"    what the last release left comes back
  slipway environment adopt production --reason "hotfix by hand, ticket 42"      what is there is meant to be there

Exit codes: 0 in step, 3 drifted, 4 could not tell, or not yet. With --restore: 0 what the last release left is live and
proven, or was in step already.`,
    )
    .action(acting(drift));
}

interface DriftOptions {
  readonly look: boolean;
  readonly restore?: boolean;
  readonly reason?: string;
}

async function drift(invocation: Invocation, name: string, options: DriftOptions): Promise<ExitCode> {
  const { io } = invocation;
  const { look, restore, reason } = options;
  if (restore && !isReason(reason))
    throw usageError('drift', '--restore needs --reason, of 1 to 500 characters: people will ask why');
  if (!restore && reason !== undefined) throw usageError('drift', '--reason is for --restore');
  const context = await contextOf(invocation);
  const environment = environmentOf(context, name);
  const { project } = context;
  const person = restore ? await whoActs(invocation) : undefined;
  return withTemporal(invocation, environment, async (temporal) => {
    const { client } = temporal;
    const place = { project: project.name, environment };
    let seen = look ? await lookAtEnvironment(client, project, environment) : undefined;
    // What two looks say counts: whoever puts something back need not call twice.
    if (seen && restore && !isSettled(seen)) seen = await lookAtEnvironment(client, project, environment);
    const state = seen?.state ?? (await environmentState(client, place));
    if (!restore) io.document({ environment, look: seen?.look ?? null, watch: state.watch ?? null });
    io.say(io.look.paint.bold(environment));
    if (seen) sayLook(io, environment, seen.look);
    if (person) {
      const order = { project, environment, reason: reason!, by: person.name };
      return putBack(invocation, temporal, order, { state, isHeld: Boolean(seen?.look.heldBy) });
    }
    for (const line of watchLines(environment, state, io.look)) io.say(line);
    return seen && !seen.look.isTold ? exitCodes.couldNotTell : codeOf(state);
  });
}

const isReason = (reason: string | undefined): boolean =>
  reason !== undefined && reason.trim() !== '' && reason.length <= 500;

/** Whether one more look would tell nothing else. */
function isSettled({ look, state }: Awaited<ReturnType<typeof lookAtEnvironment>>): boolean {
  const drifted = driftsOf(state.watch).map(([service]) => service);
  return look.services.every(({ service, step }) => {
    if (step === null || step.verdict === 'unknown') return true;
    return (step.verdict === 'failed') === drifted.includes(service);
  });
}

async function putBack(
  invocation: Invocation,
  temporal: Temporal,
  order: Parameters<typeof requestRestore>[1],
  { state, isHeld }: { readonly state: EnvironmentState; readonly isHeld: boolean },
): Promise<ExitCode> {
  const { io } = invocation;
  const { environment } = order;
  const answer = await requestRestore(temporal.client, order);
  io.say(answer.words);
  if (answer.how !== 'nothing')
    return sayRollback(invocation, environment, answer, await followRollback(invocation, temporal, answer.releaseId));
  io.document({ environment, ...answer });
  if (isHeld) return exitCodes.couldNotTell;
  return isInStep(state.watch) ? exitCodes.ok : codeOf(state);
}

function codeOf({ watch }: EnvironmentState): ExitCode {
  if (driftsOf(watch).length > 0) return exitCodes.refused;
  return isInStep(watch) ? exitCodes.ok : exitCodes.couldNotTell;
}

/** By the newest look. */
function isInStep(watch: EnvironmentState['watch']): boolean {
  const steps = Object.values(watch?.services ?? {}).map(({ step }) => step);
  return steps.length > 0 && steps.every((step) => step === null || step.verdict === 'passed');
}
