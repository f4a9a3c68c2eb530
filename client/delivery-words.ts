import type { DecisionKind } from '../release/decision';
import type { Delivery } from './decide';
import { exitCodes, type ExitCode } from './exit-codes';

/** What became of a decision, in a sentence. */
export function deliveryWords(kind: DecisionKind, delivery: Delivery): string {
  if (delivery.how === 'judged') return delivery.verdict.detail;
  return `No worker answers: your ${kind} was sent and will be judged when one is back.`;
}

/** Whether it counted; one that was only sent is not known to have. */
export function deliveryCode(delivery: Delivery): ExitCode {
  return delivery.how === 'judged' ? exitCodes.ok : exitCodes.couldNotTell;
}
