import type { Client } from '@temporalio/client';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type { Surroundings } from '../activities/surroundings';

/** Of the events of a history, so many are read at once. */
const PAGE = 500;

/**
 * Says when Temporal took a decision, by the history of its release: for one that waited for a worker, that is long
 * before anybody could judge it. Of one that came several times the first counts.
 */
export function receiptReader(client: Client): Surroundings['receivedAt'] {
  return async ({ id, runId }, decision) => {
    const { namespace } = client.options;
    let received: string | undefined;
    let nextPageToken: Uint8Array | undefined;
    do {
      const page = await client.workflowService.getWorkflowExecutionHistoryReverse({
        namespace,
        execution: { workflowId: id, runId },
        maximumPageSize: PAGE,
        ...(nextPageToken && { nextPageToken }),
      });
      for (const event of page.history?.events ?? []) {
        const signal = event.workflowExecutionSignaledEventAttributes;
        const update = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input;
        const name = signal?.signalName ?? update?.name;
        const payload = (signal?.input ?? update?.args)?.payloads?.[0];
        if (name === decision.kind && payload && idIn(payload) === decision.id) received = timeOf(event.eventTime);
      }
      nextPageToken = page.nextPageToken;
    } while (nextPageToken.length > 0);
    return received;
  };
}

function idIn(payload: Payload): unknown {
  try {
    const id = defaultPayloadConverter.fromPayload<{ id?: unknown } | null>(payload)?.id;
    return typeof id === 'string' ? id.trim() : id;
  } catch {
    // Anybody may have sent it.
    return undefined;
  }
}

function timeOf(time: { seconds?: unknown; nanos?: number | null } | null | undefined): string {
  return new Date(Number(time?.seconds ?? 0) * 1_000 + Math.floor((time?.nanos ?? 0) / 1e6)).toISOString();
}
