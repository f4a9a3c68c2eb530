/** Sends a person's decision, signed where it can be, and tells what became of it: for every command that decides. */
import type { Command } from 'commander';
import type { DecisionKind } from '../release/decision';
import type { Plan } from '../release/plan';
import type { Temporal } from './connect';
import { decide, type DecisionPayload } from './decide';
import { deliveryCode, deliveryWords } from './delivery-words';
import type { ExitCode } from './exit-codes';
import type { Invocation } from './invocation';
import { parseReleaseWorkflowId } from '../release/identity';
import { namesPeople } from '../release/people';
import { printPayload } from './print-payload';
import { projectContextIfAny } from './project-context';
import { signDecision } from './sign-decision';
import { standstillOf } from './silence';
import type { Person } from './who';

/** How a decision is signed: the options of `addSigning`. */
export interface SigningOptions {
  /** A file with a key; false = with none. */
  readonly sign?: string | false;
  readonly printPayload?: boolean;
}

/** Adds the options by which people say how a decision is signed. */
export function addSigning(command: Command): Command {
  return command
    .option('--sign <keyfile>', 'sign with this SSH key, instead of the one that git or your agent has')
    .option('--no-sign', 'do not sign')
    .option('--print-payload', 'send nothing: print the signed JSON to paste into the Web UI');
}

/** What is decided of which release, and by whom. */
export interface Decided {
  readonly releaseId: string;
  readonly kind: DecisionKind;
  readonly person: Person;
  readonly payload: Omit<DecisionPayload, 'by'>;
  /** The plan that it is about, where that is known. */
  readonly plan?: Plan | null;
  /** override: the guard; tick, untick: the list of the item. */
  readonly about?: string | undefined;
}

/** Signs, sends and tells, or with `--print-payload` signs and prints. Fails as `signDecision` and `decide` do. */
export async function deliver(
  invocation: Invocation,
  { client }: Temporal,
  { releaseId, kind, person, payload, plan = null, about }: Decided,
  { sign, printPayload: byHand }: SigningOptions,
): Promise<ExitCode> {
  const { io, config } = invocation;
  const place = parseReleaseWorkflowId(releaseId);
  const here = (await projectContextIfAny(io.cwd, config))?.project;
  // The file at hand says nothing of a release of another project.
  const project = here?.name === place?.project ? here : undefined;
  const ready = await signDecision({
    ...{ io, client, releaseId, kind, plan, about, sign },
    payload: { by: person.name, ...payload },
    whoIsWho: project ?? {},
    environment: place && project?.environments[place.environment],
  });
  const { payload: sent } = ready;
  const isSigned = sent.signature !== undefined;
  if (ready.words && !isSigned) io.remark(ready.words);
  const isBareClaim = !isSigned && !ready.words && kind !== 'rollback' && namesPeople(project ?? {});
  // Whoever pastes it hears no verdict.
  if (byHand && isBareClaim) io.remark('not signed: it counts only where a claim is enough');
  if (byHand) return printPayload(io, { to: releaseId, signal: kind, payload: sent, isSigned, about: { releaseId } });
  const delivery = await decide(client, releaseId, kind, sent);
  io.document({ releaseId, by: person, signed: isSigned, ...delivery });
  io.say(deliveryWords(kind, delivery));
  const standstill = delivery.how === 'sent' && place && (await standstillOf(client, releaseId, place));
  if (standstill) io.remark(`${standstill.message} ${standstill.todo}`);
  const how = isSigned ? `, ${ready.words}` : '';
  io.say(io.look.paint.dim(`as ${person.name} (${person.from})${how}; watch it with \`slipway watch ${releaseId}\``));
  return deliveryCode(delivery);
}
