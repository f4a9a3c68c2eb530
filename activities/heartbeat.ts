import { setMaxListeners } from 'node:events';
import { Context } from '@temporalio/activity';
import type { ActivityExecuteInput, ActivityInboundCallsInterceptor, Next } from '@temporalio/worker';
import { isAbort, toApplicationFailure } from './failures';
import type { Attempt } from './surroundings';

/** Milliseconds between two heartbeats: a killed worker is noticed after the heartbeat timeout of 2 s. */
const interval = 400;

/** The newest progress of each running activity. */
const progressOf = new WeakMap<Context, unknown>();

/** Heartbeats while an activity runs, so that no activity has to. Each beat repeats the newest progress. */
export class HeartbeatInterceptor implements ActivityInboundCallsInterceptor {
  async execute(input: ActivityExecuteInput, next: Next<ActivityInboundCallsInterceptor, 'execute'>): Promise<unknown> {
    const context = Context.current();
    // The server ignores heartbeats of local activities, and says so each time.
    if (context.info.isLocal) return next(input);
    // A beat without details would wipe out what the attempt before has left.
    progressOf.set(context, context.info.heartbeatDetails);
    const beat = () => context.heartbeat(progressOf.get(context));
    beat();
    const timer = setInterval(beat, interval);
    try {
      return await next(input);
    } finally {
      clearInterval(timer);
    }
  }
}

/** An implementation as Temporal calls it: told of its attempt, its errors turned into failures, with secrets masked. */
export function asActivity<I, O>(
  implementation: (input: I, attempt: Attempt) => Promise<O>,
  redact: (text: string) => string,
): (input: I) => Promise<O> {
  return async (input) => {
    const context = Context.current();
    try {
      return await implementation(input, attemptOf(context));
    } catch (error) {
      const { cancellationSignal: signal } = context;
      if (signal.aborted && (isAbort(error) || error === signal.reason)) throw signal.reason;
      throw toApplicationFailure(error, redact);
    }
  };
}

function attemptOf(context: Context): Attempt {
  const resume: unknown = context.info.heartbeatDetails;
  // A survey runs dozens of programs and requests at once, and each listens.
  setMaxListeners(0, context.cancellationSignal);
  return {
    signal: context.cancellationSignal,
    progress: (details) => {
      progressOf.set(context, details);
      context.heartbeat(details);
    },
    ...(resume === undefined || resume === null ? {} : { resume }),
  };
}
