import { randomUUID } from 'node:crypto';
import type { Client, ScheduleDescription } from '@temporalio/client';
import { SlipwayError } from '../release/errors';
import { taskQueueName } from '../release/identity';
import type { Project, TagTrigger } from '../release/project';
import type { PollTagsInput, PollTagsResult, TriggersRecord } from '../workflows/messages';
import { taskTimeouts } from '../workflows/task-timeouts';
import { askWorker } from './ask-worker';
import { temporalClient } from './temporal-client';
import { asSlipwayError } from './temporal-errors';

/** What Temporal knows of a project's triggers; needs no worker. */
export interface ScheduleState {
  readonly id: string;
  /** `missing`: they were never turned on here. */
  readonly state: 'on' | 'off' | 'missing';
  /** Who turned them on or off, and when; empty if nobody said. */
  readonly note: string;
  /** Which `trigger on` it is of. */
  readonly activation: string | null;
  /** Milliseconds between two polls; null if there is no schedule. */
  readonly every: number | null;
  /** What it polls for. */
  readonly triggers: readonly Pick<TagTrigger, 'pattern' | 'environment'>[];
  /** Whether it polls for what slipway.yaml says now. */
  readonly isCurrent: boolean;
  readonly lastPoll: LastPoll | null;
  /** A poll runs, or waits for a worker, since (ISO 8601). */
  readonly pollingSince: string | null;
  readonly nextPoll: string | null;
}

/** The newest poll that has ended. */
export interface LastPoll {
  /** Polls of the same second share it; the run id tells them apart. */
  readonly workflowId: string;
  readonly runId: string;
  readonly at: string;
  /** null = it was ended from outside. */
  readonly result: PollTagsResult | null;
}

/**
 * Stands for the activation while triggers are off. Somebody may unpause the schedule by hand: with the old one, tags
 * made meanwhile would be released.
 */
export const triggersOff = 'off';

/** Id of the one schedule of a project's triggers. */
export function triggerScheduleId(project: string): string {
  return `trigger/${project}`;
}

/** The environment whose worker polls for a project. Fails with TRIGGERS_NONE. */
export function pollingEnvironment(project: Project, file = 'slipway.yaml'): string {
  const [first] = project.triggers;
  if (!first) throw new SlipwayError('TRIGGERS_NONE', { file });
  return first.environment;
}

/**
 * Notes the tags that are there, then has the project polled. Where it is polled already, only what changed in the
 * configuration is turned on anew: no tag is lost in between. Fails if the tags cannot be noted (REMOTE_UNREACHABLE,
 * LEDGER_UNREACHABLE, NO_WORKER, …): nothing was turned on then.
 */
export async function turnTriggersOn(
  client: Client,
  project: Project,
  by: string,
  patience?: number,
): Promise<PollTagsResult> {
  const environment = pollingEnvironment(project);
  try {
    const known = await describe(client, project.name);
    const isOn = known !== undefined && !known.state.paused;
    const before = isOn ? activationOf(known) : undefined;
    const activation = before && before !== triggersOff ? before : randomUUID();
    const noted = await poll(client, { project, activation, mode: 'turn on' }, environment, patience);
    const schedule = scheduleOf({ project, activation, mode: 'poll' }, environment);
    const note = `turned on by ${by}`;
    if (known) {
      const handle = client.schedule.getHandle(triggerScheduleId(project.name));
      await handle.update(() => ({ ...schedule, state: { paused: false, note } }));
    } else {
      await client.schedule.create({ ...schedule, scheduleId: triggerScheduleId(project.name), state: { note } });
    }
    return noted;
  } catch (error) {
    throw asSlipwayError(error);
  }
}

/**
 * Stops polling, and the poll that runs. Returns false if it was off already. Also one that is only paused, by hand, is
 * off for good then.
 */
export async function turnTriggersOff(client: Client, project: string, by: string): Promise<boolean> {
  try {
    const known = await describe(client, project);
    const input = known && inputOf(known);
    if (!known || (known.state.paused && input?.activation === triggersOff)) return false;
    await client.schedule.getHandle(triggerScheduleId(project)).update((now) => ({
      ...now,
      state: { ...now.state, paused: true, note: `turned off by ${by}` },
      action: { ...now.action, args: [{ ...input, activation: triggersOff }] },
    }));
    // What it had found is not started any more, but for the one that is being asked for right now.
    for (const { workflow } of (await describe(client, project))?.info.runningActions ?? []) {
      await client.workflow
        .getHandle(workflow.workflowId)
        .cancel()
        .catch(() => undefined);
    }
    return !known.state.paused;
  } catch (error) {
    throw asSlipwayError(error);
  }
}

/** Has the project polled now, besides its schedule; nothing if that is off. */
export async function pollNow(client: Client, project: string): Promise<void> {
  await client.schedule.getHandle(triggerScheduleId(project)).trigger(temporalClient().ScheduleOverlapPolicy.SKIP);
}

/** What Temporal knows of a project's triggers. */
export async function triggerSchedule(client: Client, project: Project): Promise<ScheduleState> {
  try {
    const known = await describe(client, project.name);
    const id = triggerScheduleId(project.name);
    if (!known) {
      const none = { lastPoll: null, pollingSince: null, nextPoll: null };
      const nothing = { activation: null, every: null, triggers: [], isCurrent: false };
      return { id, state: 'missing', note: '', ...nothing, ...none };
    }
    const { runningActions, recentActions, nextActionTimes } = known.info;
    const running = new Set(runningActions.map(({ workflow }) => workflow.firstExecutionRunId));
    const polls = recentActions.map(({ action: { workflow }, takenAt }) => ({
      workflowId: workflow.workflowId,
      runId: workflow.firstExecutionRunId,
      at: takenAt.toISOString(),
    }));
    const last = polls.filter(({ runId }) => !running.has(runId)).at(-1);
    const { note, paused } = known.state;
    return {
      id,
      state: paused ? 'off' : 'on',
      note: note ?? '',
      activation: activationOf(known) ?? null,
      every: known.spec.intervals?.[0]?.every ?? null,
      triggers: (inputOf(known)?.project.triggers ?? []).map(({ pattern, environment }) => ({ pattern, environment })),
      isCurrent: JSON.stringify(inputOf(known)?.project) === JSON.stringify(project),
      lastPoll: last ? { ...last, result: await resultOf(client, last) } : null,
      pollingSince: polls.find(({ runId }) => running.has(runId))?.at ?? null,
      nextPoll: paused ? null : (nextActionTimes[0]?.toISOString() ?? null),
    };
  } catch (error) {
    throw asSlipwayError(error);
  }
}

/** What the ledger knows of a project's triggers and of its newest `limit` tags. Fails also with NO_WORKER. */
export function triggersRecord(
  client: Client,
  project: Project,
  limit: number,
  patience?: number,
): Promise<TriggersRecord> {
  const question = {
    workflow: 'triggers',
    workflowId: `triggers/${project.name}/${randomUUID()}`,
    project: project.name,
    environment: pollingEnvironment(project),
    args: [{ project: project.name, limit }],
    summary: `Triggers of ${project.name}`,
    limit: '10m',
  } as const;
  return askWorker<TriggersRecord>(client, question, patience);
}

function poll(client: Client, input: PollTagsInput, environment: string, patience?: number): Promise<PollTagsResult> {
  const question = {
    workflow: 'pollTags',
    workflowId: `trigger/${input.project.name}/on/${randomUUID()}`,
    project: input.project.name,
    environment,
    args: [input],
    summary: `${input.project.name}: tags that are there`,
    limit: '10m',
  } as const;
  return askWorker<PollTagsResult>(client, question, patience);
}

/**
 * One poll at a time: while one runs, others are skipped; after a time without Temporal one is made up for. It has no
 * time limit: one that waits for a worker goes on when there is one, instead of many that failed.
 */
function scheduleOf(input: PollTagsInput, environment: string) {
  const { name, triggers } = input.project;
  return {
    spec: { intervals: [{ every: Math.min(...triggers.map(({ every }) => every)) }] },
    policies: {
      overlap: temporalClient().ScheduleOverlapPolicy.SKIP,
      catchupWindow: '1 minute' as const,
      pauseOnFailure: false,
    },
    action: {
      type: 'startWorkflow' as const,
      workflowType: 'pollTags',
      workflowId: `trigger/${name}/poll`,
      taskQueue: taskQueueName(name, environment),
      args: [input],
      workflowTaskTimeout: taskTimeouts.question,
      staticSummary: `${name}: look for tags`,
    },
  };
}

async function describe(client: Client, project: string): Promise<ScheduleDescription | undefined> {
  try {
    return await client.schedule.getHandle(triggerScheduleId(project)).describe();
  } catch (error) {
    if (error instanceof temporalClient().ScheduleNotFoundError) return undefined;
    throw error;
  }
}

function inputOf({ action }: ScheduleDescription): PollTagsInput | undefined {
  return action.args?.[0] as PollTagsInput | undefined;
}

function activationOf(known: ScheduleDescription): string | undefined {
  return inputOf(known)?.activation;
}

async function resultOf(
  client: Client,
  { workflowId, runId }: Pick<LastPoll, 'workflowId' | 'runId'>,
): Promise<PollTagsResult | null> {
  try {
    return (await client.workflow.getHandle(workflowId, runId).result()) as PollTagsResult;
  } catch {
    return null;
  }
}
