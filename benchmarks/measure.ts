import type { Summary } from './statistics';

/** One line of the report. */
export interface Measure {
  readonly what: string;
  readonly unit: 'ms' | 'events' | 'bytes' | 'calls' | '×';
  /** What is compared with the aim: a median, a count, or a ratio of two times of this run. */
  readonly value: number;
  /** At most this; null = only told. */
  readonly aim: number | null;
  /** Everything behind the value, where there is more than one number. */
  readonly spread?: Summary;
}

/** How much is measured. */
export interface Effort {
  /** Pairs of a release and the script. */
  readonly pairs: number;
  readonly rollbacks: number;
  /** Releases that lose their worker at every step. */
  readonly crashes: number;
  readonly approvals: number;
}

/** A measure of times, by their median. */
export function ofTimes(what: string, spread: Summary, aim: number | null, by: 'median' | 'p99' = 'median'): Measure {
  return { what: by === 'median' ? what : `${what}, p99`, unit: 'ms', value: spread[by], aim, spread };
}
