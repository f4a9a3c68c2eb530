import { isAlias, isMap, isPair, isScalar, isSeq, type Document, type Node, type Pair } from 'yaml';
import type { Finding, Path } from './problems';

/** Where `path` begins in the text of `document`: its key or its value; of what is not there, the nearest that is. */
export function offsetOf(document: Document, path: Path, at: Finding['at']): number {
  let node: unknown = document.contents;
  let offset = start(node) ?? 0;
  for (const [index, part] of path.entries()) {
    const child = childOf(document, node, part);
    if (child === undefined) break;
    const last = index === path.length - 1;
    if (isPair(child)) {
      const key = start(child.key);
      const value = isEmpty(child.value) ? undefined : start(child.value);
      // On the way down the key is the better place, since what is missing below it has none of its own.
      offset = (last && at === 'value' ? value : undefined) ?? key ?? offset;
      node = child.value;
    } else {
      offset = start(child) ?? offset;
      node = child;
    }
  }
  return offset;
}

function childOf(document: Document, parent: unknown, part: string | number): Pair | Node | undefined {
  const node = isAlias(parent) ? parent.resolve(document) : parent;
  if (isSeq(node)) return node.items[Number(part)] as Node | undefined;
  if (!isMap(node)) return undefined;
  const own = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
  if (own) return own;
  for (const { key, value } of node.items) {
    // With merging on, the value of this key is a symbol.
    if (!isScalar(key) || key.source !== '<<') continue;
    for (const merged of isSeq(value) ? value.items : [value]) {
      const child = childOf(document, merged, part);
      if (child) return child;
    }
  }
  return undefined;
}

const isEmpty = (node: unknown) => node === null || (isScalar(node) && node.value === null);

const start = (node: unknown): number | undefined => (node as Node | null)?.range?.[0];
