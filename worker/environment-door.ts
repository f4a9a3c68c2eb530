import {
  type Client,
  type ScheduleDescription,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EnvironmentDoor, Place } from '../activities/surroundings';
import { SlipwayError } from '../release/errors';
import { environmentWorkflowId, taskQueueName } from '../release/identity';
import { environmentStart } from '../workflows/environment-start';
import { environmentStateQuery, sightedSignal } from '../workflows/messages';
import { watchInput, watchSchedule, watchScheduleId, type WatchInput } from '../workflows/watch-schedule';

/** Milliseconds that an environment has for its answer. */
const PATIENCE = 10_000;

/** Milliseconds between two questions to one that has just begun, and does not know yet what it knew. */
const PAUSE = 50;

/** The environments of a client's Temporal: see `Surroundings.environments`. */
export function environmentDoor(client: Client): EnvironmentDoor {
  const inTime = <T>(place: { project: string; environment: string }, ask: () => Promise<T>): Promise<T> =>
    client.connection.withDeadline(Date.now() + PATIENCE, ask).catch((cause: unknown) => {
      const { project, environment } = place;
      throw new SlipwayError('NO_WORKER', { queue: taskQueueName(project, environment), environment }, { cause });
    });
  return {
    state: ({ project, environment }) =>
      inTime({ project, environment }, async () => {
        try {
          const handle = client.workflow.getHandle(environmentWorkflowId(project, environment));
          for (;;) {
            const state = await handle.query(environmentStateQuery);
            if (!state.recalling) return state;
            await sleep(PAUSE);
          }
        } catch (error) {
          if (error instanceof WorkflowNotFoundError) return undefined;
          throw error;
        }
      }),
    last: (place, runId) => inTime(place, () => lastState(client, place, runId)),
    tell: ({ project, environment }, sighting) =>
      inTime({ project, environment }, async () => {
        const start = environmentStart(project, environment);
        await client.workflow.signalWithStart('environment', {
          ...start,
          signal: sightedSignal,
          signalArgs: [sighting],
        });
      }),
    watched: ({ project, environment }) =>
      inTime({ project, environment }, async () => {
        const known = await describe(client, watchScheduleId(project, environment));
        return (known?.action.args?.[0] as WatchInput | undefined)?.project;
      }),
    keepWatch: (project, environment) =>
      inTime({ project: project.name, environment }, async () => {
        await keepWatch(client, project, environment);
      }),
  };
}

/**
 * Of its runs that have ended and were not continued, the last one that knew something. Temporal lists what has just ended
 * within a second or so: one that was ended a moment ago may be missed by its very next run.
 */
async function lastState(client: Client, { project, environment }: Place, runId: string) {
  const id = environmentWorkflowId(project, environment);
  const ended = `WorkflowId = "${id}" AND ExecutionStatus NOT IN ("Running", "ContinuedAsNew")`;
  for await (const run of client.workflow.list({ query: ended, pageSize: 10 })) {
    if (run.runId === runId) continue;
    const state = await client.workflow
      .getHandle(id, run.runId)
      .query(environmentStateQuery)
      .catch((error: unknown) => {
        if (hasNeverWorked(error)) return undefined;
        throw error;
      });
    // One that was ended before it knew anything itself has nothing to tell.
    if (state && !state.recalling) return state;
  }
  return undefined;
}

/** Temporal's words on a question to a workflow that was ended before any worker saw it: gRPC's FAILED_PRECONDITION says more. */
const hasNeverWorked = (error: unknown): boolean =>
  error instanceof Error &&
  error.cause instanceof Error &&
  /closed before WorkflowTaskStarted/.test(error.cause.message);

async function keepWatch(
  client: Client,
  project: Parameters<EnvironmentDoor['keepWatch']>[0],
  environment: string,
): Promise<void> {
  const scheduleId = watchScheduleId(project.name, environment);
  const handle = client.schedule.getHandle(scheduleId);
  const isThere = (await describe(client, scheduleId)) !== undefined;
  const input = watchInput(project, environment);
  const every = input?.project.environments[environment]?.drift?.every;
  if (!input || every === undefined) {
    if (isThere) await handle.delete();
    return;
  }
  const { policies, ...schedule } = watchSchedule(input, every);
  const options = { ...schedule, policies: { ...policies, overlap: ScheduleOverlapPolicy.SKIP } };
  // A pause is a person's word: what it is looked for may change meanwhile.
  if (isThere) await handle.update(({ state }) => ({ ...options, state }));
  else await client.schedule.create({ ...options, scheduleId });
}

async function describe(client: Client, scheduleId: string): Promise<ScheduleDescription | undefined> {
  try {
    return await client.schedule.getHandle(scheduleId).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}
