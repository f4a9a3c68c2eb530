import { z } from 'zod';
import { refuse } from './refuse';

/** Text that is not empty. */
export function text(description: string, ...examples: string[]) {
  return z.string().min(1).meta({ description, examples });
}

/** What a name must look like to be part of a workflow id, a ref and a task queue. */
export const namePattern = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** A name that can be part of ids: small letters, digits and hyphens, at most 63. */
export function name(description: string, ...examples: string[]) {
  return matching(namePattern, nameHint, { description, examples });
}

/** What to write for a name. */
export const nameHint = 'Write small letters, digits and hyphens, at most 63, such as shop-api.';

/** A whole number from `least` to `most`. */
export function count(description: string, least: number, most: number) {
  return z.number().int().min(least).max(most).meta({ description });
}

/** A dotted path into a JSON value: `build.commit`, `items.0.id`. */
export function jsonPath(description: string, ...examples: string[]) {
  const pattern = /^[^.\s]([^.]*[^.\s])?(\.[^.\s]([^.]*[^.\s])?)*$/;
  return matching(pattern, 'Write a dotted path such as build.commit.', { description, examples });
}

function matching(pattern: RegExp, hint: string, meta: { description: string; examples: string[] }) {
  return z
    .string()
    .meta({ ...meta, pattern: pattern.source })
    .superRefine((value, context) => {
      if (!pattern.test(value)) refuse(context, 'has the wrong form', hint);
    });
}
