import { clip } from './clip';
import type { LiveIdentity } from './pointer-move';
import type { LiveProbe } from './project';
import type { Verdict } from './verdict';

/** What one look at a running service gave. `nothing`: it answers, but with no version. `unknown`: no answer. */
export type LiveReading =
  | { readonly state: 'value'; readonly value: string }
  | { readonly state: 'nothing'; readonly detail: string }
  | { readonly state: 'unknown'; readonly detail: string };

/** What the readings so far came to: data, so that a later attempt can go on with it. */
export interface LiveTally {
  readonly readings: number;
  /** Right readings since the last that was not. */
  readonly inRow: number;
  /** Some answer was not the expected one. */
  readonly sawOther: boolean;
  /** The last reading, in words. */
  readonly detail: string;
}

export const noReadings: LiveTally = { readings: 0, inRow: 0, sawOther: false, detail: 'not looked yet' };

/** The tally with one more reading. Whatever is not the expected version begins the row anew, silence too. */
export function tallyReading(
  tally: LiveTally,
  reading: LiveReading,
  expected: LiveIdentity,
  is: LiveProbe['is'],
): LiveTally {
  const right = reading.state === 'value' && isIdentity(reading.value, expected, is);
  const inRow = right ? tally.inRow + 1 : 0;
  return {
    readings: tally.readings + 1,
    inRow,
    sawOther: tally.sawOther || (!right && reading.state !== 'unknown'),
    detail: describe(reading, right, inRow, is === 'commit' ? expected.commit.slice(0, 10) : expected.version),
  };
}

/** The verdict, or undefined while there is something to wait for. `over`: no more readings will be taken. */
export function judgeLive(tally: LiveTally, needed: number, over: boolean): Verdict | undefined {
  if (tally.inRow >= needed && tally.readings > 0) return 'passed';
  if (!over) return undefined;
  return tally.sawOther ? 'failed' : 'unknown';
}

/**
 * Whether a probe's value names this version. Commits may be shortened to 7 digits on either side; a version may have
 * a `v` before it on either side.
 */
export function isIdentity(value: string, expected: LiveIdentity, is: LiveProbe['is']): boolean {
  if (is === 'version') return withoutV(value) === withoutV(expected.version);
  const [seen, wanted] = [value.trim().toLowerCase(), expected.commit.toLowerCase()];
  if (!commitId.test(seen) || !commitId.test(wanted)) return false;
  return seen.startsWith(wanted) || wanted.startsWith(seen);
}

const commitId = /^[0-9a-f]{7,64}$/;

function withoutV(version: string): string {
  return version.trim().replace(/^v(?=\d)/i, '');
}

function describe(reading: LiveReading, right: boolean, inRow: number, expected: string): string {
  if (reading.state !== 'value') return reading.detail;
  if (right) return `${clip(reading.value, 60)} seen ${inRow === 1 ? 'once' : `${inRow} times in a row`}`;
  return `${clip(reading.value, 60)} is live, expected ${expected}`;
}
