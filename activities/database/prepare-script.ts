import { parseSql, type Statement } from './parse-sql';
import { refusalOf } from './refused-statements';
import { positionAt, type SourcePosition } from './source-position';

/** Something in a script that has to be mended. */
export interface ScriptFault extends SourcePosition {
  readonly message: string;
}

/** A script that may run inside the engine's transaction. */
export interface PreparedScript {
  /** The text with its own BEGIN and COMMIT blanked out: every other character stands where the file has it. */
  readonly runnable: string;
  readonly statements: readonly Statement[];
}

/**
 * Makes a script ready to run, or says everything that speaks against it. One BEGIN…COMMIT around the whole script is
 * accepted and replaced by the engine's own transaction; any other transaction control is a fault.
 */
export async function prepareScript(
  text: string,
): Promise<{ script: PreparedScript; faults: [] } | { script?: never; faults: ScriptFault[] }> {
  const parsed = await parseSql(text);
  if (!parsed.ok) return { faults: [await syntaxFault(text, parsed)] };
  const { inner, pair } = withoutPair(parsed.statements);
  if (inner.length === 0) return { faults: [{ line: 1, column: 1, message: 'it holds no statement' }] };
  const faults = inner.flatMap((statement) => {
    const message = statement.kind === 'TransactionStmt' ? transactionRefusal : refusalOf(statement);
    return message === undefined ? [] : [{ line: statement.line, column: statement.column, message }];
  });
  if (faults.length > 0) return { faults };
  return { script: { runnable: pair.reduce(blank, text), statements: inner }, faults: [] };
}

const transactionRefusal =
  'transaction control is only accepted as one BEGIN; … COMMIT; around the whole file, without options';

/** The statements between the one pair around all of them; all of them if there is no such pair. */
function withoutPair(statements: readonly Statement[]): { inner: readonly Statement[]; pair: Statement[] } {
  const [first, last] = [statements.at(0), statements.at(-1)];
  const opens = first !== undefined && isPlain(first, ['TRANS_STMT_BEGIN', 'TRANS_STMT_START']);
  const closes = last !== undefined && isPlain(last, ['TRANS_STMT_COMMIT']);
  return opens && closes ? { inner: statements.slice(1, -1), pair: [first, last] } : { inner: statements, pair: [] };
}

function isPlain({ kind, node }: Statement, kinds: readonly string[]): boolean {
  const plain = node['options'] === undefined && node['chain'] !== true;
  return kind === 'TransactionStmt' && kinds.includes(String(node['kind'])) && plain;
}

/** Line ends stay, so that the server's error positions are still those of the file. */
function blank(text: string, { start, end }: Statement): string {
  const spaces = [...text.slice(start, end)].map((character) => (/\s/.test(character) ? character : ' ')).join('');
  return text.slice(0, start) + spaces + text.slice(end);
}

/** The parser stops at the first thing that is no SQL; two kinds of files deserve a better word than its own. */
async function syntaxFault(
  text: string,
  { index, position, message }: { index: number; position: SourcePosition; message: string },
): Promise<ScriptFault> {
  if (text[index] === '\\') {
    const command = /^\\\S*/.exec(text.slice(index))?.[0] ?? '\\';
    return { ...position, message: `${command} is a command of psql, not SQL; write out what it does` };
  }
  for (const copy of text.slice(0, index).matchAll(/\bcopy\b[^;]*\bfrom\s+stdin\b[^;]*;/gi)) {
    const before = await parseSql(text.slice(0, copy.index + copy[0].length));
    const statement = before.ok ? before.statements.at(-1) : undefined;
    const refusal = statement?.kind === 'CopyStmt' ? refusalOf(statement) : undefined;
    if (refusal !== undefined) return { ...positionAt(text, copy.index), message: refusal };
  }
  return { ...position, message };
}
