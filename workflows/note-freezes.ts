import { areFreezes } from '../release/calendar/announced';
import { moment } from '../release/moments';
import type { ReleaseRun } from './release-run';

/** Notes which freezes hold here, and says what has changed. Returns whether the list was sound. */
export function noteFreezes(run: ReleaseRun, freezes: unknown): boolean {
  if (!areFreezes(freezes)) return false;
  const before = run.state.freezes ?? [];
  const isSame = before.length === freezes.length && freezes.every(({ id }) => before.some((known) => known.id === id));
  if (isSame) return true;
  for (const { id, from, until, by, reason } of freezes) {
    if (before.some((known) => known.id === id)) continue;
    run.note('note', `${by} announced freeze ${id} from ${moment(from)} until ${moment(until)}: ${reason}`);
  }
  for (const { id } of before) if (!freezes.some((now) => now.id === id)) run.note('note', `freeze ${id} has ended`);
  run.state.freezes = freezes;
  return true;
}
