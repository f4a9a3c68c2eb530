/** A soft guard that a person has overridden, for one release: said wherever the release is shown. */
import { personCalled, type WhoIsWho } from './people';

export interface Override {
  /** Such as `calendar`. */
  readonly guard: string;
  readonly by: string;
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** calendar: the announced freezes that were known then. One that is announced later stops the release again. */
  readonly freezes?: readonly string[];
}

/** The override in words, loudly. */
export function overrideWords({ guard, by, reason }: Override): string {
  return `OVERRIDDEN: ${guard}, by ${by}: ${reason}`;
}

/** Why this one may not override a guard, whatever `may` says; undefined if they may. */
export function refuseOverride(project: WhoIsWho, person: string): string | undefined {
  return personCalled(project, person)?.bot
    ? `${person} is a program, and a guard is overridden by a person`
    : undefined;
}
