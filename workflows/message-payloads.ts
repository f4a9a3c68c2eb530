/**
 * How workflows read payloads: as usual, but what cannot be read in a message to a workflow is a text that says so,
 * since a converter that fails there stops the workflow for ever: the message stands in its history. Handlers take it
 * for the rubbish that it is. Answers of activities that cannot be read still fail, so that a mended worker goes on.
 * The bundle is built with this (worker/build-bundle.ts).
 */
import { defaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';

/** What stands in place of a payload that cannot be read. */
export const UNREADABLE = 'a payload that cannot be read';

type Context = Parameters<PayloadConverter['fromPayload']>[1];

class MessagePayloads implements PayloadConverter {
  toPayload: PayloadConverter['toPayload'] = (...args) => defaultPayloadConverter.toPayload(...args);

  fromPayload<T>(payload: Payload, context?: Context): T {
    try {
      return defaultPayloadConverter.fromPayload<T>(payload, context);
    } catch (error) {
      if (context?.type !== 'workflow') throw error;
      return UNREADABLE as T;
    }
  }
}

export const payloadConverter = new MessagePayloads();
