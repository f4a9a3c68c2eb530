/** An environment's calendar and its announced freezes, seen and changed from outside. */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { AnnouncedFreeze } from '../release/calendar/announced';
import type { CalendarView } from '../release/calendar/view';
import { onlyEnvironment } from '../release/one-environment';
import type { Project } from '../release/project';
import type { CalendarInput } from '../workflows/messages';
import { askWorker } from './ask-worker';
import { environmentStateIfAny } from './ask-environment';

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
  const input: CalendarInput = {
    project: onlyEnvironment(project, environment)!,
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
