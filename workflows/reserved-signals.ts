/** Signals with names that the SDK keeps for itself, which anybody who reaches Temporal can send. */
import type { WorkflowInterceptors } from '@temporalio/workflow';

const RESERVED = '__temporal_';

/**
 * Gives them a name of ours before the SDK sees them: it fails the whole task for one, again and again, and the release
 * would stand still for ever. As it is, they are messages that nobody knows. The bundle is built with this (worker/build-bundle.ts).
 */
export function interceptors(): WorkflowInterceptors {
  return {
    internals: [
      {
        activate(input, next) {
          for (const { signalWorkflow } of input.activation.jobs ?? []) {
            const name = signalWorkflow?.signalName;
            if (signalWorkflow && name?.startsWith(RESERVED)) signalWorkflow.signalName = `(reserved) ${name}`;
          }
          next(input);
        },
      },
    ],
  };
}
