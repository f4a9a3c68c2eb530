import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { SlipwayError } from '../release/errors';
import { lastReleased, offerRollback } from '../release/panic-rollback';
import type { RollbackRequest } from '../release/rollback-request';
import { onlyEnvironment } from '../release/one-environment';
import type { Project } from '../release/project';
import { restoreSignal, rollbackSignal, type EnvironmentState } from '../workflows/messages';
import { askEnvironment, environmentState } from './ask-environment';

/** What a person at a keyboard asks for. */
export interface RollbackOrder {
  readonly project: Project;
  readonly environment: string;
  /** undefined = what ran before. */
  readonly to: string | undefined;
  readonly reason: string;
  readonly by: string;
  /** Absent = it is sent as it is. */
  readonly sign?: (request: SentRollback) => Promise<SentRollback>;
}

/** With a signature, where it has one. */
export type SentRollback = RollbackRequest & Readonly<Record<string, unknown>>;

/** What became of it. */
export type RollbackAnswer =
  /** Nothing is done: in words why. */
  | { readonly how: 'nothing'; readonly words: string }
  /** This release goes back: started for it, told to, or asked for by somebody who was faster. */
  | {
      readonly how: 'started' | 'told' | 'joined';
      readonly releaseId: string;
      readonly runId: string;
      readonly words: string;
    };

/**
 * Asks an environment to go back from what is live now, which the request names. Fails as `askEnvironment` does, and with
 * ROLLBACK_UNKNOWN_TARGET or ROLLBACK_FORWARD_ONLY.
 */
export async function requestRollback(
  client: Client,
  order: RollbackOrder,
  patience?: number,
): Promise<RollbackAnswer> {
  const { project, environment, to, reason, by, sign } = order;
  const place = { project: project.name, environment };
  const state = await environmentState(client, place, patience);
  const leaves = lastReleased(state.live)?.version ?? '';
  const words = to === undefined && !isBusy(state) ? wordsOfOffer(state, environment) : undefined;
  if (words !== undefined) return { how: 'nothing', words };
  const sent: RollbackRequest = {
    requestId: randomUUID(),
    leaves,
    ...(to !== undefined && { to }),
    by,
    reason,
    project: onlyEnvironment(project, environment)!,
  };
  const payload = sign ? await sign({ ...sent }) : sent;
  const asked = { place, signal: rollbackSignal, payload, what: `the rollback of ${environment}` };
  const answer = await askEnvironment(client, asked, patience);
  if ('done' in answer) return { how: 'nothing', words: answer.done };
  const { releaseId, runId, how = 'started' } = answer;
  const target = to ?? before(state);
  const started = `${environment} runs ${leaves || 'what no release has put there'}: going back to ${target}`;
  return { how, releaseId, runId, words: answer.words ?? started };
}

/**
 * Asks an environment to put back what its last release left. Fails as `askEnvironment` does, and with ENVIRONMENT_HELD,
 * RESTORE_BY_HAND, ROLLBACK_UNKNOWN_TARGET or ROLLBACK_FORWARD_ONLY.
 */
export async function requestRestore(
  client: Client,
  { project, environment, reason, by }: Omit<RollbackOrder, 'to'>,
  patience?: number,
): Promise<RollbackAnswer> {
  const place = { project: project.name, environment };
  const payload = { requestId: randomUUID(), by, reason, project: onlyEnvironment(project, environment)! };
  const asked = { place, signal: restoreSignal, payload, what: `what the last release left in ${environment}` };
  const answer = await askEnvironment(client, asked, patience);
  if ('done' in answer) return { how: 'nothing', words: answer.done };
  const { releaseId, runId, how = 'started' } = answer;
  const words = answer.words ?? `${environment}: putting back what its last release left`;
  return { how, releaseId, runId, words };
}

/** What a person sends from the Web UI: the rules are left out, since the environment knows them. */
export async function rollbackByHand(
  client: Client,
  { project, environment, to, reason, by }: Omit<RollbackOrder, 'sign'>,
): Promise<SentRollback> {
  const { live } = await environmentState(client, { project: project.name, environment });
  const leaves = lastReleased(live)?.version ?? '';
  return { requestId: randomUUID(), leaves, ...(to !== undefined && { to }), by, reason };
}

/** Somebody changes it now, or is about to go back: whoever does so is told, or joined. */
const isBusy = ({ holder, queue }: EnvironmentState): boolean =>
  holder !== null || queue.some(({ kind }) => kind === 'rollback');

/** Why nothing is asked for; undefined = it is. */
function wordsOfOffer(state: EnvironmentState, environment: string): string | undefined {
  const offer = offerRollback(state);
  if ('unknown' in offer) throw new SlipwayError('ROLLBACK_UNKNOWN_TARGET', { environment, detail: offer.unknown });
  if (!('wentBack' in offer)) return undefined;
  const more =
    offer.further === null ? '' : ` To go to ${offer.further}: slipway rollback ${environment} --to ${offer.further}`;
  return `Nothing was done: ${offer.wentBack}.${more}`;
}

function before(state: EnvironmentState): string {
  const offer = offerRollback(state);
  return 'to' in offer ? offer.to : 'what ran before';
}
