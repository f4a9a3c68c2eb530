import { isNode, type Document, type LineCounter } from 'yaml';

/** The line, from 1, on which the value at `path` begins; that of the document where there is none. */
export function lineOf(document: Document, lines: LineCounter, path: readonly (string | number)[]): number {
  const found: unknown = document.getIn(path, true);
  const node = isNode(found) ? found : document.contents;
  return Math.max(1, lines.linePos(node?.range?.[0] ?? 0).line);
}
