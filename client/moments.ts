/** Moments as people write them at the command line. */
import { momentIn } from '../release/message-fields';
import { parseDate } from '../release/calendar/freezes';
import { momentOf } from '../release/calendar/zone';
import { usageError } from './words';

/**
 * A moment in ISO 8601, UTC: with its offset (`2026-11-23T14:00Z`), or as the clock of the environment's calendar shows
 * it (`2026-11-23 14:00`, `2026-11-23`). Fails with USAGE; without a calendar nobody knows whose clock is meant.
 */
export function requireMoment(command: string, option: string, text: string, zone: string | undefined): string {
  const exact = momentIn(text);
  if (exact !== undefined) return new Date(exact).toISOString();
  const local = parseDate(text.replace('T', ' '));
  if (local && zone !== undefined) {
    return new Date(momentOf({ day: local.day, minute: local.minute ?? 0 }, zone)).toISOString();
  }
  if (local) {
    const detail = `${option} needs an offset, since the environment has no calendar that names a time zone: ${text.replace(' ', 'T')}Z is the time in UTC`;
    throw usageError(command, detail);
  }
  throw usageError(command, `${option} needs a moment such as "2026-11-23 14:00" or 2026-11-23T14:00Z, not "${text}"`);
}
