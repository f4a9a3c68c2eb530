import type { Command } from 'commander';
import { environmentWorkflowId } from '../../release/identity';
import { mustBeSigned } from '../../release/signed-word';
import { environmentState } from '../ask-environment';
import type { Temporal } from '../connect';
import { addSigning, type SigningOptions } from '../deliver-decision';
import { exitCodes, type ExitCode } from '../exit-codes';
import { followRollback, sayRollback } from '../follow-rollback';
import { acting, contextOf, whoActs, withTemporal, type Invocation } from '../invocation';
import { printPayload } from '../print-payload';
import { environmentOf, projectContextIfAny } from '../project-context';
import { requestRollback, rollbackByHand, type SentRollback } from '../request-rollback';
import { signWord } from '../say-word';
import { asSlipwayError } from '../temporal-errors';
import { requireVersion, usageError } from '../words';
import { send } from './decisions';

interface RollbackOptions extends SigningOptions {
  readonly env?: string;
  readonly to?: string;
  readonly reason?: string;
  readonly detach?: boolean;
}

const examples = `
With an ENVIRONMENT it goes back from what is live there to what ran before, at once: no approval, no calendar, no queue.
A release that holds the environment is told to roll back instead. Pressed twice, it goes back once.
With a RELEASE, or without either, it stops that release, which runs, and puts back what it has changed.

Examples:
  slipway rollback production --reason "checkout fails"
  slipway rollback production --to 1.4.0
  slipway rollback production/1.5.0/1

Exit code 0: the version of before is live and proven, or was already.`;

export function addRollback(program: Command): void {
  const command = program
    .command('rollback')
    .summary('go back to what ran before, now')
    .description('Brings the version of before back to an environment, or stops a running release and puts it back.')
    .argument('[target]', 'an environment; or a release: a full id, environment/version/n, or a version')
    .option('--env <environment>', 'of a release: only of this environment')
    .option('--to <version>', 'of an environment: this version, instead of the one that ran before')
    .option('--reason <text>', 'why, for the record')
    .option('--detach', 'of an environment: start it and do not wait')
    .addHelpText('after', examples);
  addSigning(command).action(acting(rollback));
}

async function rollback(
  invocation: Invocation,
  target: string | undefined,
  options: RollbackOptions,
): Promise<ExitCode> {
  const { io, config } = invocation;
  const context = await projectContextIfAny(io.cwd, config);
  const isEnvironment =
    target !== undefined && context !== undefined && Object.hasOwn(context.project.environments, target);
  if (isEnvironment) return rollEnvironmentBack(invocation, target, options);
  if (options.to !== undefined || options.detach)
    throw usageError('rollback', '--to and --detach are for an environment: slipway rollback ENVIRONMENT --to VERSION');
  const { env, reason, ...signing } = options;
  const say = reason === undefined ? {} : { comment: reason };
  try {
    return await send(invocation, { kind: 'rollback' }, { text: target, environment: env, ...signing }, say);
  } catch (error) {
    // Whoever has mistyped an environment is told which there are.
    const isWord = target !== undefined && /^[^\d/]+$/.test(target);
    if (isWord && context && asSlipwayError(error).code === 'RELEASE_UNKNOWN') environmentOf(context, target);
    throw error;
  }
}

async function rollEnvironmentBack(
  invocation: Invocation,
  environment: string,
  { to, reason = '', detach, sign, printPayload: byHand }: RollbackOptions,
): Promise<ExitCode> {
  const { io } = invocation;
  const { project } = await contextOf(invocation);
  const version = to === undefined ? undefined : requireVersion(to);
  const person = await whoActs(invocation);
  const rules = project.environments[environment]!;
  // Nobody is asked for a key in an emergency, unless nothing else would count.
  const isSigned = typeof sign === 'string' || mustBeSigned(rules, 'rollback');
  const signing = { io, whoIsWho: project, by: person.name, sign };
  const signed = async (payload: SentRollback): Promise<SentRollback> => {
    const ready = await signWord(signing, project, { environment, kind: 'rollback', payload });
    if (ready.words) io.remark(ready.words);
    return ready.payload;
  };
  return withTemporal(invocation, environment, async (temporal) => {
    const order = { project, environment, to: version, reason, by: person.name, ...(isSigned && { sign: signed }) };
    if (byHand) {
      const bare = await rollbackByHand(temporal.client, order);
      const payload = isSigned ? await signed(bare) : bare;
      const to = environmentWorkflowId(project.name, environment);
      const about = { project: project.name, environment };
      return printPayload(io, { to, signal: 'rollback', payload, isSigned, about });
    }
    const answer = await requestRollback(temporal.client, order);
    io.say(answer.words);
    if (answer.how === 'nothing' || detach) {
      io.document({ environment, ...answer });
      return exitCodes.ok;
    }
    io.say(io.look.paint.dim(`as ${person.name} (${person.from}); slipway watch ${answer.releaseId}`));
    const end = await followRollback(invocation, temporal, answer.releaseId);
    const late = answer.how === 'told' && end.result?.outcome === 'finished';
    const own = late ? await lateRollback(temporal, project.name, environment) : undefined;
    if (own === undefined) return sayRollback(invocation, environment, answer, end);
    io.say(`${answer.releaseId} had succeeded when the word came: going back by ${own}`);
    return sayRollback(
      invocation,
      environment,
      { ...answer, releaseId: own, how: 'started' },
      await followRollback(invocation, temporal, own),
    );
  });
}

/** The rollback that an environment starts by itself where its holder was told too late. */
async function lateRollback({ client }: Temporal, project: string, environment: string): Promise<string | undefined> {
  const { queue } = await environmentState(client, { project, environment });
  return queue.find(({ kind }) => kind === 'rollback')?.releaseId;
}
