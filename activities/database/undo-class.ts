import type { MigrationScript } from '../../release/migration';
import { stringsOf, type SqlNode, type Statement } from './parse-sql';

/** What a rollback script would drop that can hold data. Names are as the script has them: `[schema,] name`. */
export interface DropTargets {
  readonly tables: readonly (readonly string[])[];
  readonly columns: readonly { readonly table: readonly string[]; readonly column: string }[];
}

/**
 * Whether a rollback script only drops what can be counted empty: indexes, views, tables and columns, without
 * CASCADE. Anything else, even if it looks harmless, is for a person.
 */
export function undoClass(statements: readonly Statement[]): MigrationScript['undo'] {
  for (const statement of statements) {
    const objection = objectionTo(statement);
    if (objection) return { unattended: false, reason: `${objection} at line ${statement.line}` };
  }
  return { unattended: true };
}

/** What must be counted before the script may run unattended. */
export function dropTargets(statements: readonly Statement[]): DropTargets {
  const tables = statements.flatMap(({ kind, node }) =>
    kind === 'DropStmt' && node['removeType'] === 'OBJECT_TABLE' ? objectNames(node) : [],
  );
  const columns = statements.flatMap(({ kind, node }) => (kind === 'AlterTableStmt' ? droppedColumns(node) : []));
  return { tables, columns };
}

function objectionTo({ kind, node }: Statement): string | undefined {
  if (kind === 'DropStmt') {
    const what = droppable[String(node['removeType'])];
    if (what === undefined) return `${wordsOf(String(node['removeType']))} is dropped`;
    return cascades(node) ? `DROP ${what} … CASCADE` : undefined;
  }
  if (kind !== 'AlterTableStmt') return `a statement that is no DROP (${wordsOf(kind)})`;
  if (node['objtype'] !== 'OBJECT_TABLE') return 'ALTER of something that is no table';
  for (const command of commandsOf(node)) {
    if (command['subtype'] !== 'AT_DropColumn') return `ALTER TABLE with something other than DROP COLUMN`;
    if (cascades(command)) return 'DROP COLUMN … CASCADE';
  }
  return undefined;
}

const droppable: Readonly<Record<string, string>> = {
  OBJECT_INDEX: 'INDEX',
  OBJECT_VIEW: 'VIEW',
  OBJECT_TABLE: 'TABLE',
};

function droppedColumns(node: SqlNode): { table: string[]; column: string }[] {
  const { schemaname, relname } = node['relation'] as { schemaname?: string; relname: string };
  const table = schemaname === undefined ? [relname] : [schemaname, relname];
  return commandsOf(node).map((command) => ({ table, column: String(command['name']) }));
}

function objectNames(node: SqlNode): string[][] {
  return (node['objects'] as { List?: { items?: unknown } }[]).map(({ List }) => stringsOf(List?.items) ?? []);
}

function commandsOf(node: SqlNode): SqlNode[] {
  return (node['cmds'] as { AlterTableCmd?: SqlNode }[]).map(({ AlterTableCmd }) => AlterTableCmd ?? {});
}

function cascades(node: SqlNode): boolean {
  return node['behavior'] === 'DROP_CASCADE';
}

/** `OBJECT_MATVIEW` → `a matview`, `UpdateStmt` → `UPDATE`. */
function wordsOf(name: string): string {
  if (name.startsWith('OBJECT_')) return `a ${name.slice(7).toLowerCase().replaceAll('_', ' ')}`;
  const words = name.replace(/Stmt$/, '').replace(/([a-z])([A-Z])/g, '$1 $2');
  return words.toUpperCase();
}
