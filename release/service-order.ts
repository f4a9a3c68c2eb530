import type { Service } from './project';

/**
 * Services in the order in which their pointers move: each behind all it comes `after`, otherwise by name.
 * A circle cannot occur in a parsed project; should one, its members come last, by name.
 */
export function serviceOrder(services: Readonly<Record<string, Service>>): Service[] {
  const waiting = Object.values(services).sort((a, b) => (a.name < b.name ? -1 : 1));
  const ordered: Service[] = [];
  while (waiting.length > 0) {
    const ready = waiting.findIndex(({ after }) => after.every((name) => ordered.some((done) => done.name === name)));
    ordered.push(...waiting.splice(Math.max(ready, 0), 1));
  }
  return ordered;
}
