/** `text` in one line, of at most `length` characters; what was cut off is shown by `…`. */
export function clip(text: string, length: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line.length <= length) return line;
  // Never half of a surrogate pair: it could not be written as UTF-8.
  return `${line.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
