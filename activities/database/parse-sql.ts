import type * as libpgQuery from 'libpg-query';
import { byteOffsets, indexOfCharacter, positionAt, type SourcePosition } from './source-position';

/** A node of PostgreSQL's own parse tree, as libpg-query gives it: one key names the kind. */
export type SqlNode = Readonly<Record<string, unknown>>;

/** One statement of a script. */
export interface Statement extends SourcePosition {
  /** Such as `DropStmt`. */
  readonly kind: string;
  readonly node: SqlNode;
  /** Where its text stands in the script: string indexes, without the semicolon. */
  readonly start: number;
  readonly end: number;
}

/** A script's statements, or where PostgreSQL's parser gave up and why. */
export type ParsedSql =
  | { readonly ok: true; readonly statements: readonly Statement[] }
  | { readonly ok: false; readonly message: string; readonly index: number; readonly position: SourcePosition };

interface RawStatement {
  readonly stmt: Readonly<Record<string, SqlNode>>;
  readonly stmt_location?: number;
  readonly stmt_len?: number;
}

/** Parses a script with the parser of PostgreSQL 18. Fails only if the parser itself cannot be loaded. */
export async function parseSql(text: string): Promise<ParsedSql> {
  // The parser refuses empty text, and takes text of comments only.
  if (text.trim() === '') return { ok: true, statements: [] };
  const parser = await loadParser();
  try {
    const { stmts = [] } = parser.parseSync(text) as unknown as { stmts?: RawStatement[] };
    const indexOf = byteOffsets(text);
    return { ok: true, statements: stmts.map((raw) => statementOf(raw, text, indexOf)) };
  } catch (error) {
    if (!parser.hasSqlDetails(error)) throw error;
    const index = indexOfCharacter(text, Math.max(0, error.sqlDetails?.cursorPosition ?? 0));
    return { ok: false, message: error.message, index, position: positionAt(text, index) };
  }
}

/** Calls `visit` with every node below and including `value`, and with the key that holds it. */
export function walkSql(value: unknown, visit: (key: string, node: unknown) => void, key = ''): void {
  if (typeof value !== 'object' || value === null) return;
  visit(key, value);
  for (const [name, child] of Object.entries(value)) walkSql(child, visit, name);
}

/** The text of a list of `String` nodes: `[{String: {sval: 'a'}}, …]` → `['a', …]`; undefined if it is none. */
export function stringsOf(list: unknown): string[] | undefined {
  if (!Array.isArray(list) || list.length === 0) return undefined;
  const texts = list.map((item) => (item as { String?: { sval?: string } } | null)?.String?.sval);
  return texts.every((text) => text !== undefined) ? texts : undefined;
}

function statementOf(raw: RawStatement, text: string, indexOf: (offset: number) => number): Statement {
  const [kind = 'empty', node = {}] = Object.entries(raw.stmt)[0] ?? [];
  const location = raw.stmt_location ?? 0;
  const start = indexOf(location);
  const end = raw.stmt_len === undefined ? text.length : indexOf(location + raw.stmt_len);
  return { kind, node, start, end, ...positionAt(text, start) };
}

/** Loaded on first use: reading and compiling the parser takes some 50 ms, and most processes never parse. */
let loading: Promise<typeof libpgQuery> | undefined;

async function loadParser(): Promise<typeof libpgQuery> {
  loading ??= import('libpg-query').then(async (module) => {
    await module.loadModule();
    return module;
  });
  return loading;
}
