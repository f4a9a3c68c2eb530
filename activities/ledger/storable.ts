/**
 * A value as PostgreSQL can keep it: JSON text, or with `text` the value itself. What no database text can hold (the
 * character zero, half a surrogate pair, both of which people can send) becomes the replacement character.
 */
export function storable(value: unknown, as: 'json' | 'text' = 'json'): string {
  const json = JSON.stringify(value).replace(/\\(?:u([0-9a-f]{4})|.)/g, (escape, hex?: string) =>
    hex !== undefined && (hex === '0000' || /^d[89a-f]/.test(hex)) ? '\\ufffd' : escape,
  );
  return as === 'json' ? json : (JSON.parse(json) as string);
}
