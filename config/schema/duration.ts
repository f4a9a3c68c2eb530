import { z } from 'zod';
import { durationPattern, parseDuration } from '../../release/durations';
import { refuse } from './refuse';

/** A length of time in the user's form, `90s` or a bare 0 → whole milliseconds. */
export function duration(description: string) {
  return z
    .union([z.string().meta({ pattern: durationPattern }), z.number().meta({ const: 0 })])
    .meta({ description, examples: ['90s', '5m', '1h30m'] })
    .transform((value, context) => {
      const parsed = parseDuration(String(value));
      if (parsed.ok) return parsed.ms;
      refuse(context, 'is no length of time', parsed.advice);
      return z.NEVER;
    });
}

/** A length of time that must not be 0, such as a limit or the time between two looks. */
export function positiveDuration(description: string) {
  return duration(description).superRefine((ms, context) => {
    if (ms === 0) refuse(context, 'must be longer than nothing', 'Write a length of time such as 500ms, 90s or 5m.');
  });
}
