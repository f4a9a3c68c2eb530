/** A person's word that lets one release pass a soft guard. */
import { lasting } from '../release/calendar/announced';
import type { Decision } from '../release/decision';
import { overrideWords, refuseOverride } from '../release/override';
import { hasCalendar } from './calendar-wait';
import { hasBegunToMove } from './forward-steps';
import type { ReleaseRun } from './release-run';

/** Notes an override, or returns one sentence why it does not count. */
export function override(run: ReleaseRun, { guard = '', person, comment }: Decision): string | undefined {
  const refusal = refuseOverride(run.input.project, person);
  if (refusal) return refusal;
  if (guard !== 'calendar') return `there is no soft guard called ${guard} here (soft guards: calendar)`;
  if (hasBegunToMove(run)) return 'its pointers have begun to move: the calendar holds it no more';
  if (!hasCalendar(run)) return 'no calendar and no freeze holds it';
  const freezes = lasting(run.state.freezes ?? [], Date.now()).map(({ id }) => id);
  const at = new Date().toISOString();
  const others = (run.state.overrides ?? []).filter((known) => known.guard !== guard);
  const overridden = { guard, by: person, reason: comment, at, freezes };
  run.state.overrides = [...others, overridden];
  run.note('note', overrideWords(overridden));
  return undefined;
}
