/** Jest's matchers of a text that is only known in part, typed. */

/** A text that holds `part`. */
export const containing = (part: string): unknown => expect.stringContaining(part);

/** A text that fits `pattern`. */
export const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

/** Any text. */
export const anyText: unknown = expect.any(String);
