import type { ClientBase } from 'pg';
import type { Attempt, Surroundings } from '../surroundings';

/** What is needed to look for tags, and to start what they ask for. */
export interface Looker {
  readonly surroundings: Surroundings;
  readonly attempt: Attempt;
}

/** Runs `action` on the ledger, which remembers the tags. Fails as the ledger does. */
export function use<T>({ surroundings, attempt }: Looker, action: (client: ClientBase) => Promise<T>): Promise<T> {
  return surroundings.ledger.use(attempt, action);
}
