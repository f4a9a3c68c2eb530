/** An environment's calendar and its announced freezes, seen and changed from outside. */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { AnnouncedFreeze } from '../release/calendar/announced';
import type { CalendarView } from '../release/calendar/view';
import { SlipwayError } from '../release/errors';
import type { Project } from '../release/project';
import { environmentStart } from '../workflows/environment-start';
import {
  freezeSignal,
  freezeUpdate,
  unfreezeSignal,
  unfreezeUpdate,
  type CalendarInput,
  type FreezeAnswer,
} from '../workflows/messages';
import { askWorker } from './ask-worker';
import { environmentStateIfAny } from './ask-environment';
import { temporalClient } from './temporal-client';
import { asSlipwayError, isSilence } from './temporal-errors';

/** What becomes of a word about a freeze: counted, or only sent, since no worker answers. */
export type FreezeDelivery =
  { readonly how: 'judged'; readonly answer: FreezeAnswer } | { readonly how: 'sent'; readonly detail: string };

/**
 * The coming weeks of an environment, as its worker sees them, with the freezes that were announced. Fails with
 * NO_WORKER if none answers within `patience` milliseconds.
 */
export async function calendarOf(
  client: Client,
  place: { readonly project: Project; readonly environment: string },
  { weeks, at }: { readonly weeks: number; readonly at: string | null },
  patience = 10_000,
): Promise<CalendarView> {
  const { project, environment } = place;
  const freezes = await freezesOf(client, project.name, environment, patience);
  const rules = project.environments[environment]!;
  const input: CalendarInput = {
    project: { ...project, environments: { [environment]: rules }, triggers: [] },
    environment,
    weeks,
    at,
    freezes,
  };
  const question = {
    workflow: 'calendar',
    workflowId: `calendar/${project.name}/${environment}/${randomUUID()}`,
    project: project.name,
    environment,
    args: [input],
    summary: `Calendar of ${environment}`,
    limit: '3m',
  } as const;
  return askWorker<CalendarView>(client, question, patience);
}

/** The announced freezes of an environment: none, if nobody has asked it for anything yet. Fails with NO_WORKER. */
async function freezesOf(
  client: Client,
  project: string,
  environment: string,
  patience: number,
): Promise<readonly AnnouncedFreeze[]> {
  return (await environmentStateIfAny(client, { project, environment }, patience))?.freezes ?? [];
}

/**
 * Announces a freeze, or ends one: as an update, which answers; if no worker does within `patience` milliseconds, as the
 * signal of the same name, which waits for one. Fails with DECISION_REFUSED.
 */
export async function sayFreeze(
  client: Client,
  { project, environment }: { readonly project: string; readonly environment: string },
  kind: 'freeze' | 'unfreeze',
  payload: Readonly<Record<string, unknown>>,
  patience = 8_000,
): Promise<FreezeDelivery> {
  const { workflowId, ...start } = environmentStart(project, environment);
  const [update, signal] = kind === 'freeze' ? [freezeUpdate, freezeSignal] : [unfreezeUpdate, unfreezeSignal];
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
      hint: `Look at \`slipway calendar ${environment}\`.`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) && !isSilence(error)) throw asSlipwayError(error);
    await client.workflow.signalWithStart('environment', { workflowId, ...start, signal, signalArgs: [payload] });
    return { how: 'sent', detail: `No worker answers: your ${kind} was sent, and counts when one is back.` };
  }
}
