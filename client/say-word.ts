/** What a person says to an environment: signed where it can be, sent, and told what became of it. */
import type { Client } from '@temporalio/client';
import { SlipwayError } from '../release/errors';
import { namesPeople } from '../release/people';
import type { Environment, Project } from '../release/project';
import { signedWord, type WordKind } from '../release/signed-word';
import { environmentWorkflowId } from '../release/identity';
import { environmentStart } from '../workflows/environment-start';
import {
  acceptBreachSignal,
  acceptBreachUpdate,
  freezeSignal,
  freezeUpdate,
  liftStopSignal,
  liftStopUpdate,
  stopSignal,
  stopUpdate,
  unfreezeSignal,
  unfreezeUpdate,
  type WordAnswer,
} from '../workflows/messages';
import type { SigningOptions } from './deliver-decision';
import { exitCodes, type ExitCode } from './exit-codes';
import { contextOf, whoActs, withTemporal, type Invocation } from './invocation';
import { environmentOf } from './project-context';
import { printPayload } from './print-payload';
import { NO_KEY, signText, type Signing } from './sign-decision';
import { temporalClient } from './temporal-client';
import { asSlipwayError, isSilence } from './temporal-errors';

const messages = {
  freeze: [freezeUpdate, freezeSignal],
  unfreeze: [unfreezeUpdate, unfreezeSignal],
  stop: [stopUpdate, stopSignal],
  liftStop: [liftStopUpdate, liftStopSignal],
  acceptBreach: [acceptBreachUpdate, acceptBreachSignal],
} as const;

/** Words that are answered at once. */
export type AnsweredWord = keyof typeof messages;

/** What becomes of a word: counted, or only sent, since no worker answers. */
export type WordDelivery =
  { readonly how: 'judged'; readonly answer: WordAnswer } | { readonly how: 'sent'; readonly detail: string };

type Payload = Readonly<Record<string, unknown>>;

/**
 * Says something to an environment: as an update, which answers; if no worker does within `patience` milliseconds, as
 * the signal of the same name, which waits for one. Fails with DECISION_REFUSED.
 */
export async function sayWord(
  client: Client,
  { project, environment }: { readonly project: string; readonly environment: string },
  kind: AnsweredWord,
  payload: Payload,
  patience = 8_000,
): Promise<WordDelivery> {
  const { workflowId, ...start } = environmentStart(project, environment);
  const [update, signal] = messages[kind];
  const { WithStartWorkflowOperation, WorkflowUpdateRPCTimeoutOrCancelledError } = temporalClient();
  try {
    const answer = await client.connection.withDeadline(Date.now() + patience, () =>
      client.workflow.executeUpdateWithStart(update, {
        args: [payload],
        startWorkflowOperation: new WithStartWorkflowOperation('environment', { workflowId, ...start }),
      }),
    );
    if (answer.accepted) return { how: 'judged', answer };
    throw new SlipwayError('DECISION_REFUSED', {
      detail: answer.detail,
      hint: `Look at \`slipway queue ${environment}\` and \`slipway calendar ${environment}\`.`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) && !isSilence(error)) throw asSlipwayError(error);
    await client.workflow.signalWithStart('environment', { workflowId, ...start, signal, signalArgs: [payload] });
    return { how: 'sent', detail: `No worker answers: your ${kind} was sent, and counts when one is back.` };
  }
}

/** A word of one command, before it is signed. */
export interface SaidWord {
  readonly environment: string;
  readonly kind: AnsweredWord;
  readonly payload: Payload;
  /** What to say of a word that counted. */
  readonly words: (answer: WordAnswer) => string;
  /** Where to look afterwards: a command. */
  readonly see: string;
}

/** Signs, sends and tells, or with `--print-payload` signs and prints. Fails as `signWord` and `sayWord` do. */
export async function deliverWord(
  invocation: Invocation,
  { environment: name, kind, payload, words, see }: SaidWord,
  { sign, printPayload: byHand }: SigningOptions,
): Promise<ExitCode> {
  const { io } = invocation;
  const context = await contextOf(invocation);
  const environment = environmentOf(context, name);
  const person = await whoActs(invocation);
  const place = { project: context.project.name, environment };
  const said = { by: person.name, ...payload };
  const ready = await signWord({ io, whoIsWho: context.project, by: person.name, sign }, context.project, {
    environment,
    kind,
    payload: said,
  });
  if (ready.words && !ready.isSigned) io.remark(ready.words);
  if (byHand) {
    const to = environmentWorkflowId(place.project, environment);
    return printPayload(io, { to, signal: kind, ...ready, about: place });
  }
  return withTemporal(invocation, environment, async ({ client }) => {
    const delivery = await sayWord(client, place, kind, ready.payload);
    io.document({ ...place, by: person, signed: ready.isSigned, ...delivery });
    io.say(delivery.how === 'judged' ? words(delivery.answer) : delivery.detail);
    const how = ready.isSigned ? `, ${ready.words}` : '';
    io.say(io.look.paint.dim(`as ${person.name} (${person.from})${how}; see \`${see}\``));
    return delivery.how === 'judged' ? exitCodes.ok : exitCodes.couldNotTell;
  });
}

/** A word ready to be sent, and what to say of its signature; empty = nothing. */
export interface MaybeSignedWord<P extends Payload = Payload> {
  readonly payload: P;
  readonly isSigned: boolean;
  readonly words: string;
}

/**
 * Signs a word, if the person has a key in slipway.yaml. Fails with SIGNING_FAILED where a signature was asked for, or
 * where nothing else would count.
 */
export async function signWord<P extends Payload>(
  signing: Signing,
  { name, environments }: Pick<Project, 'name'> & { readonly environments: Readonly<Record<string, Environment>> },
  { environment, kind, payload }: { readonly environment: string; readonly kind: WordKind; readonly payload: P },
): Promise<MaybeSignedWord<P>> {
  const { io, whoIsWho, by, sign } = signing;
  const isNeeded = environments[environment]?.signed === 'required';
  const isAsked = typeof sign === 'string';
  const bare = { payload, isSigned: false, words: '' };
  if (sign === false || !(isAsked || isNeeded || namesPeople(whoIsWho))) return bare;
  const at = new Date().toISOString();
  const outcome = await signText(signing, signedWord({ project: name, environment }, kind, payload, at));
  if ('ssh' in outcome) {
    const { ssh, words } = outcome;
    return { payload: { ...payload, signature: { at, ssh } }, isSigned: true, words };
  }
  if (isAsked || isNeeded) throw new SlipwayError('SIGNING_FAILED', { detail: outcome.problem, by });
  return outcome.problem === NO_KEY && !io.json ? bare : { ...bare, words: `not signed: ${outcome.problem}` };
}
