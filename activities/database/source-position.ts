/** Where in a file something stands: lines and columns count from 1, columns in characters as an editor shows them. */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
}

/** The position of the string index `index` (UTF-16 units, as JavaScript counts). */
export function positionAt(text: string, index: number): SourcePosition {
  const before = text.slice(0, index);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: [...before.slice(lineStart)].length + 1 };
}

/** The string index of the `count`-th code point: PostgreSQL counts the positions of its errors in characters. */
export function indexOfCharacter(text: string, count: number): number {
  let index = 0;
  for (let seen = 0; seen < count && index < text.length; seen++)
    index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
  return index;
}

/** Turns UTF-8 byte offsets of `text` into string indexes; cheap to call with growing offsets. */
export function byteOffsets(text: string): (offset: number) => number {
  const bytes = Buffer.from(text, 'utf8');
  // Plain ASCII, which most scripts are: every byte is one index.
  if (bytes.length === text.length) return (offset) => offset;
  let [knownOffset, knownIndex] = [0, 0];
  return (offset) => {
    if (offset < knownOffset) [knownOffset, knownIndex] = [0, 0];
    knownIndex += bytes.toString('utf8', knownOffset, offset).length;
    knownOffset = offset;
    return knownIndex;
  };
}
