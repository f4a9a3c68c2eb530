/** What people had said of a plan that has changed since: they must learn that it counts no more, and why. */
import { moment } from './moments';
import type { ReleaseState } from './state';

/** A change of the plan that took away what people had said. */
export interface Voided {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** What is different now. */
  readonly changes: readonly string[];
  /** Whose approvals it took away. */
  readonly people: readonly string[];
}

/** In a sentence, for as long as the plan has not been begun; empty if nothing was taken away. */
export function voidedWords({ voided, result, undoRecords }: ReleaseState): string[] {
  if (!voided || result || undoRecords.length > 0) return [];
  const whose = voided.people.length > 0 ? ` (${voided.people.join(', ')} had approved)` : '';
  return [
    `The plan changed at ${moment(voided.at)}, so what was said before counts no more${whose}: ${voided.changes.join('; ')}`,
  ];
}
