import type { z } from 'zod';

/** The part of zod's context that a transform needs to refuse a value. */
type Context = Pick<z.core.$RefinementCtx, 'addIssue'>;

/** Refuses a value with what is wrong and what to write instead; `path` leads from the value to the wrong part. */
export function refuse(context: Context, message: string, hint: string, path: (string | number)[] = []): void {
  context.addIssue({ code: 'custom', message, path, params: { hint } });
}
