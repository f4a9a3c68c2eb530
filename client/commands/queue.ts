import { randomUUID } from 'node:crypto';
import { Option, type Command } from 'commander';
import { environmentWorkflowId } from '../../release/identity';
import { queueLines } from '../../release/render-queue';
import { moveInQueueSignal, type QueueMove } from '../../workflows/messages';
import { askEnvironment, environmentState } from '../ask-environment';
import { addSigning, type SigningOptions } from '../deliver-decision';
import type { Temporal } from '../connect';
import { environmentInName, findRelease } from '../find-release';
import { exitCodes, type ExitCode } from '../exit-codes';
import { acting, contextOf, whoActs, withTemporal, type Invocation } from '../invocation';
import { printPayload, type MessageByHand } from '../print-payload';
import { environmentOf, type ProjectContext } from '../project-context';
import { signWord } from '../say-word';

interface QueueOptions extends SigningOptions {
  readonly first?: string;
  readonly last?: string;
  readonly reason?: string;
}

const examples = `
Each environment has one queue. A release stands in it from the moment it is asked for; it takes the lock when it is
approved and nobody before it wants it.

Examples:
  slipway queue                                          every environment
  slipway queue production --first 1.2.1 --reason "mends the login"`;

export function addQueue(program: Command): void {
  const command = program
    .command('queue')
    .summary('show who holds an environment and who is next, or change the order')
    .description('Shows who holds an environment, who is next, and which versions are on hold.')
    .argument('[environment]', 'only this environment')
    .addOption(new Option('--first <release>', 'this release is next').conflicts('last'))
    .option('--last <release>', 'this release waits for all others')
    .option('--reason <text>', 'why, for the record')
    .addHelpText('after', examples);
  addSigning(command).action(acting(queue));
}

async function queue(
  invocation: Invocation,
  environment: string | undefined,
  options: QueueOptions,
): Promise<ExitCode> {
  const { io } = invocation;
  const context = await contextOf(invocation);
  const named = environment ?? environmentInName(options.first ?? options.last);
  const environments = named ? [environmentOf(context, named)] : Object.keys(context.project.environments);
  return withTemporal(invocation, named, async (temporal) => {
    const text = options.first ?? options.last;
    if (text !== undefined) {
      const message = await moveMessage(invocation, temporal, context, { text, environment: named, options });
      if (options.printPayload) return printPayload(io, message);
      const { about: place, payload, what } = message;
      const answer = await askEnvironment(temporal.client, { place, signal: moveInQueueSignal, payload, what });
      if ('done' in answer) io.say(answer.done);
    }
    const project = context.project.name;
    const states = await Promise.all(
      environments.map(
        async (each) => [each, await environmentState(temporal.client, { project, environment: each })] as const,
      ),
    );
    io.document({
      environments: Object.fromEntries(
        states.map(([each, { holder, waiting, queue: all, holds, stops = [], lost = null, soaks = [] }]) => [
          each,
          { holder, waiting, queue: all, holds, stops, lost, soaks },
        ]),
      ),
    });
    for (const [each, state] of states) for (const line of queueLines(each, state, io.look)) io.say(line);
    return exitCodes.ok;
  });
}

interface MoveMessage extends MessageByHand {
  readonly payload: QueueMove & Record<string, unknown>;
  readonly about: { readonly project: string; readonly environment: string };
  /** What it is, for people. */
  readonly what: string;
}

interface Wanted {
  readonly text: string;
  readonly environment: string | undefined;
  readonly options: QueueOptions;
}

/** The change of the order, signed where it can be. */
async function moveMessage(
  invocation: Invocation,
  { client }: Temporal,
  { project }: ProjectContext,
  { text, environment, options }: Wanted,
): Promise<MoveMessage> {
  const release = await findRelease(client, { text, project: project.name, environment });
  const person = await whoActs(invocation);
  const payload: QueueMove & Record<string, unknown> = {
    requestId: randomUUID(),
    releaseId: release.id,
    to: options.first === undefined ? 'last' : 'first',
    by: person.name,
    reason: options.reason ?? '',
  };
  const place = { project: project.name, environment: release.environment };
  const what = `the new place of ${release.id}`;
  const { io } = invocation;
  const signing = { io, whoIsWho: project, by: person.name, sign: options.sign };
  const word = { environment: release.environment, kind: 'moveInQueue', payload } as const;
  const ready = await signWord(signing, project, word);
  if (ready.words && !ready.isSigned) io.remark(ready.words);
  const to = environmentWorkflowId(place.project, place.environment);
  return { to, signal: 'moveInQueue', payload: ready.payload, isSigned: ready.isSigned, about: place, what };
}
