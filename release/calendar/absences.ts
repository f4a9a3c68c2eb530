/** Whose event in a calendar of absences it is. */
import { personCalled, type WhoIsWho } from '../people';

/** What of an event says who is away. */
export interface AbsenceEvent {
  readonly summary: string;
  /** E-mails, in small letters, of those who take part. */
  readonly attendees: readonly string[];
  /** Empty if none is said. */
  readonly organizer: string;
}

/**
 * Which of the people in `needs` an event is about: those who take part in it, and those whose name stands in its
 * title. Who made it counts only where neither says anything, since absences are often entered by somebody else.
 */
export function absentPeople(event: AbsenceEvent, needs: readonly string[], project: WhoIsWho): string[] {
  const everybody = [...new Set([...needs, ...Object.keys(project.people ?? {})])];
  const named = everybody.filter((name) => isNamedIn(event.summary, name));
  const present = needs.filter((name) => event.attendees.some((mail) => isMailOf(project, name, mail)));
  const found = new Set([...named.filter((name) => needs.includes(name)), ...present]);
  if (named.length === 0 && event.attendees.length === 0) {
    for (const name of needs) if (isMailOf(project, name, event.organizer)) found.add(name);
  }
  return needs.filter((name) => found.has(name));
}

/** As a word of its own, whatever the case of its letters. */
function isNamedIn(summary: string, name: string): boolean {
  const word = name.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}_-])${word}(?![\\p{L}\\p{N}_-])`, 'iu').test(summary);
}

function isMailOf(project: WhoIsWho, name: string, mail: string): boolean {
  if (mail === '') return false;
  return mail === name.toLowerCase() || personCalled(project, mail)?.name === name;
}
