import { isAlias, isMap, isScalar, isSeq, parseDocument, visit, type Document, type Scalar } from 'yaml';
import type { Finding, Path } from './problems';
import { offsetOf } from './offsets';
import { yamlMessages } from './yaml-messages';

/** A place in a text, from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A finding about the text itself, at its place. */
export interface TextFinding extends Place {
  readonly message: string;
  readonly hint: string;
}

/** A YAML text, read. */
export interface YamlFile {
  /** Syntax errors; the value is a guess where `broken`. */
  readonly findings: readonly TextFinding[];
  /** Whether the text could not be read as what was meant, so that more findings about its value would mislead. */
  readonly broken: boolean;
  readonly value: unknown;
  /** Where a path stands; of a path that is not there, the nearest part that is. */
  readonly placeOf: (path: Path, at: Finding['at']) => Place;
}

/** Reads one YAML document. Anchors, aliases and merge keys work; what is ambiguous or dangerous is a finding. */
export function readYaml(text: string): YamlFile {
  const plain = text.replace(/^\uFEFF/, '');
  const document = parseDocument(plain, { merge: true, prettyErrors: false, logLevel: 'error' });
  const place = (offset: number): Place => {
    // Counted here: after an error the parser's own counter misses lines.
    const before = plain.slice(0, offset);
    return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
  };
  const findings: (TextFinding & { offset: number })[] = [];
  const find = (offset: number, message: string, hint: string) =>
    findings.push({ ...place(offset), offset, message, hint });

  for (const problem of document.errors) {
    const { message, hint } = yamlMessages(problem, plain);
    // After a first error the parser may take all that follows for something that cannot stand there.
    if (problem !== document.errors[0] && message.includes('in YAML stream')) continue;
    find(problem.pos[0], message, hint);
  }
  for (const problem of document.warnings) {
    const { message, hint } = yamlMessages(problem, plain);
    find(problem.pos[0], message, hint);
  }
  const unsound = findUnsoundNodes(document, find);
  const broken = unsound || document.errors.some((problem) => problem.code !== 'DUPLICATE_KEY');
  return {
    findings: firstOfEachLine(findings.sort((a, b) => a.offset - b.offset)),
    broken,
    value: broken ? undefined : (document.toJS() as unknown),
    placeOf: (path, at) => place(offsetOf(document, path, at)),
  };
}

/** Aliases to nothing, to themselves or by the hundred, and keys that are no text. */
function findUnsoundNodes(document: Document, find: (offset: number, message: string, hint: string) => void): boolean {
  let unsound = false;
  const refuse = (offset: number, message: string, hint: string) => {
    unsound = true;
    find(offset, message, hint);
  };
  let aliases = 0;
  visit(document, {
    Alias(_, alias, ancestors) {
      const offset = alias.range?.[0] ?? 0;
      const target = alias.resolve(document);
      aliases += 1;
      if (target === undefined) {
        refuse(offset, `*${alias.source} refers to an anchor that is not there`, `Write &${alias.source} before it.`);
      } else if (ancestors.some((ancestor) => ancestor === target)) {
        refuse(offset, `*${alias.source} refers to what it is a part of`, 'Write the value itself.');
      } else if (aliases === 100) {
        refuse(offset, 'this is the hundredth alias', 'Write the values themselves.');
      }
    },
    Pair(_, pair) {
      if (!isScalar(pair.key) && !isAlias(pair.key)) {
        const range = (pair.key as { range?: [number, number, number] } | null)?.range;
        refuse(range?.[0] ?? 0, 'a list or map cannot be a key', 'Write a word before the colon.');
      } else if (isScalar(pair.key) && pair.key.value === null && isMap(pair.value)) {
        refuse(pair.key.range?.[0] ?? 0, 'the key is empty', 'Write a word before the colon.');
      } else if (isScalar(pair.key) && isMergeKey(pair.key) && !isMergeSource(pair.value, document)) {
        const hint = 'Write <<: *name, with &name before a map further up.';
        refuse(pair.key.range?.[0] ?? 0, '<< takes in a map, or a list of maps, and nothing else', hint);
      }
    },
  });
  return unsound;
}

function isMergeKey({ value, type }: Scalar): boolean {
  return typeof value === 'symbol' ? value.description === '<<' : value === '<<' && type === 'PLAIN';
}

function isMergeSource(value: unknown, document: Document): boolean {
  const source = isAlias(value) ? value.resolve(document) : value;
  if (isSeq(source)) return source.items.every((item) => isMap(isAlias(item) ? item.resolve(document) : item));
  return isMap(source);
}

/** One broken character often breaks the rest of its line: the first error of a line is the one that helps. */
function firstOfEachLine<T extends Place>(findings: readonly T[]): T[] {
  const seen = new Set<number>();
  return findings.filter(({ line }) => !seen.has(line) && seen.add(line));
}
