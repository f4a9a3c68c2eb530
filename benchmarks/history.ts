/** What Temporal says about a release, from outside. */
import type { Client } from '@temporalio/client';

export interface ActivityStart {
  readonly type: string;
  readonly attempt: number;
  /** Milliseconds since 1970, by the server's clock. */
  readonly at: number;
}

/** When the activities of a workflow started that have ended: each at its last attempt, oldest first. */
export async function activityStarts(client: Client, id: string): Promise<ActivityStart[]> {
  const events = await eventsOf(client, id);
  const types = new Map(
    events.map(({ eventId, activityTaskScheduledEventAttributes: it }) => [String(eventId), it?.activityType?.name]),
  );
  return events.flatMap(({ activityTaskStartedEventAttributes: started, eventTime }) => {
    const type = types.get(String(started?.scheduledEventId));
    return started && type ? [{ type, attempt: started.attempt ?? 1, at: milliseconds(eventTime) }] : [];
  });
}

/** Who worked on the workflow itself last, and so has it in its cache. */
export async function lastWorker(client: Client, id: string): Promise<string> {
  const done = (await eventsOf(client, id)).findLast((event) => event.workflowTaskCompletedEventAttributes);
  return done?.workflowTaskCompletedEventAttributes?.identity ?? '';
}

export interface RunningActivity {
  readonly worker: string;
  readonly attempt: number;
  /** When this attempt started: milliseconds since 1970, by the server's clock. */
  readonly at: number;
}

/** The activity of that type that a worker works on now; undefined = none does. */
export async function runningActivity(client: Client, id: string, type: string): Promise<RunningActivity | undefined> {
  const { raw } = await client.workflow.getHandle(id).describe();
  const found = raw.pendingActivities?.find(({ activityType }) => activityType?.name === type);
  if (!found || Number(found.state) !== STARTED) return undefined;
  return {
    worker: found.lastWorkerIdentity ?? '',
    attempt: found.attempt ?? 1,
    at: milliseconds(found.lastStartedTime),
  };
}

/** How long a workflow's history is. */
export async function historySize(client: Client, id: string): Promise<{ events: number; bytes: number }> {
  const { historyLength, historySize: bytes } = await client.workflow.getHandle(id).describe();
  return { events: historyLength, bytes: bytes ?? 0 };
}

/** PENDING_ACTIVITY_STATE_STARTED. */
const STARTED = 2;

async function eventsOf(client: Client, id: string) {
  return (await client.workflow.getHandle(id).fetchHistory()).events ?? [];
}

function milliseconds(time: { seconds?: unknown; nanos?: number | null } | null | undefined): number {
  return Number(time?.seconds ?? NaN) * 1_000 + Math.floor((time?.nanos ?? 0) / 1e6);
}
