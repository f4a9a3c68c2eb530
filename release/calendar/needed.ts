/** How long a release still needs an environment to be open. */
import type { Environment } from '../project';

/** Before which change it is asked. */
export type CalendarPlace = 'changing' | 'moving';

/** Ten minutes, for what has no length of its own: migrations, builds, smoke checks. */
export const usualAllowance = 10 * 60_000;

/** A week: a release that waits longer would surprise people when it starts by itself. */
export const usualPatience = 7 * 86_400_000;

/** Milliseconds from before the first change, or from before the first move, to the end of the monitoring window. */
export function timeNeeded({ verify, monitor, calendar }: Environment, place: CalendarPlace): number {
  const allowance = calendar?.allowance ?? 0;
  return (place === 'changing' ? verify.wait : 0) + monitor.window + allowance;
}

/** When a release may start, besides the calendar, as it was asked for. Absent = as soon as it may. */
export interface ReleaseStart {
  /** Not before this moment: ISO 8601, UTC; null = no such moment. */
  readonly at: string | null;
  /** It was said that it waits for the calendar, however long that takes. */
  readonly whenOpen: boolean;
}

/** What of a request the calendar goes by. */
export interface CalendarRequest {
  readonly start?: ReleaseStart;
}
