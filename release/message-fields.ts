/** Reading the fields of what a person sends: anybody can send anything, so all that is wrong is told in one sentence. */
import { clip } from './clip';
import { parseDuration } from './durations';
import { dayOf } from './calendar/days';

export const MAX_NAME = 200;
export const MAX_REASON = 500;
const MAX_PROBLEM = 500;

/** What is wrong with a payload, in one sentence. */
export interface Problem {
  readonly problem: string;
}

/** The fields of a payload; undefined = it is no object. `text` notes in `problems` what is none. */
export function fieldsOf(payload: unknown, known: readonly string[]) {
  const problems: string[] = [];
  const isFields = typeof payload === 'object' && payload !== null && !Array.isArray(payload);
  const fields = isFields ? (payload as Record<string, unknown>) : undefined;
  for (const name of Object.keys(fields ?? {}))
    if (!known.includes(name)) problems.push(`"${name.slice(0, 40)}" is not a field of it`);
  const text = (name: string, longest = MAX_NAME): string => {
    const value = fields?.[name];
    if (value === undefined) return '';
    if (typeof value === 'string' && value.length <= longest) return value.trim();
    problems.push(`"${name}" must be text of at most ${longest} characters`);
    return '';
  };
  return { problems, text, fields };
}

export const problemOf = (problems: readonly string[]): Problem => ({
  problem: clip(problems.join('; '), MAX_PROBLEM),
});

/** A moment with its offset from UTC, in milliseconds: without one nobody knows which it is. */
export function momentIn(value: unknown): number | undefined {
  const form = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;
  // An engine takes 30 February for a day in March.
  if (typeof value !== 'string' || !form.test(value) || dayOf(value.slice(0, 10)) === undefined) return undefined;
  const moment = Date.parse(value);
  return Number.isFinite(moment) ? moment : undefined;
}

/** The moment that a length of time such as `2h` after `from` (milliseconds) is; undefined = it is no length. */
export function lengthAfter(value: unknown, from: number): number | undefined {
  const parsed = typeof value === 'string' ? parseDuration(value) : undefined;
  return parsed?.ok && parsed.ms > 0 ? from + parsed.ms : undefined;
}

export const iso = (moment: number): string => new Date(moment).toISOString();
