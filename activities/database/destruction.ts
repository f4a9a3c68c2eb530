import { walkSql, type SqlNode, type Statement } from './parse-sql';

/**
 * The first statement of a forward script that drops, deletes or overwrites data, or of which that cannot be told, in a few
 * words; undefined = there is none. What a function does that it calls is not seen.
 */
export function destructionIn(statements: readonly Statement[]): string | undefined {
  for (const { kind, node, line } of statements) {
    const found = [wordsFor(kind, node)];
    walkSql(node, (key, inner) => found.push(wordsFor(key, inner as SqlNode)));
    const what = found.find((words) => words !== undefined);
    if (what !== undefined) return `${what} at line ${line}`;
  }
  return undefined;
}

const always: Readonly<Record<string, string>> = {
  TruncateStmt: 'TRUNCATE',
  DeleteStmt: 'DELETE',
  UpdateStmt: 'UPDATE',
  MergeStmt: 'MERGE',
  DoStmt: 'a DO block',
  CallStmt: 'CALL',
};

/** What can be made again from its definition, as long as nothing goes with it. */
const harmless = ['INDEX', 'VIEW', 'MATVIEW', 'FUNCTION', 'PROCEDURE', 'ROUTINE', 'TRIGGER', 'POLICY', 'RULE'];

const destroying: Readonly<Record<string, string>> = {
  AT_DropColumn: 'DROP COLUMN',
  AT_AlterColumnType: 'ALTER COLUMN … TYPE',
};

function wordsFor(kind: string, node: SqlNode): string | undefined {
  if (kind === 'DropStmt') {
    const what = String(node['removeType']).replace('OBJECT_', '');
    const cascades = node['behavior'] === 'DROP_CASCADE';
    if (harmless.includes(what) && !cascades) return undefined;
    return `DROP ${what.replaceAll('_', ' ')}${cascades ? ' … CASCADE' : ''}`;
  }
  if (kind === 'AlterTableCmd') return destroying[String(node['subtype'])];
  return always[kind];
}
