/** What people had said of a plan that has changed since: they must learn that it counts no more, and why. */
import { moment } from './moments';
import type { ReleaseState } from './state';

/** In a sentence, for as long as the plan has not been begun; empty if nothing was taken away. */
export function voidedWords({ voided, result, undoRecords }: ReleaseState): string[] {
  if (!voided || result || undoRecords.length > 0) return [];
  const whose = voided.people.length > 0 ? ` (${voided.people.join(', ')} had approved)` : '';
  return [
    `The plan changed at ${moment(voided.at)}, so what was said before counts no more${whose}: ${voided.changes.join('; ')}`,
  ];
}
