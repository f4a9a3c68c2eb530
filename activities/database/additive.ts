/** Whether code from before a migration can run after it: told from its forward script. */
import { parseSql, type SqlNode, type Statement } from './parse-sql';
import { readMigrationScripts, type ScriptFile } from './read-scripts';

/**
 * By name, of all migrations in these folders: why code that does not know it could not run on its schema, in a few words
 * with the line; undefined = it only adds. Of a name that is in several folders the first counts.
 */
export async function findAdditive(
  folders: readonly (readonly ScriptFile[])[],
): Promise<ReadonlyMap<string, string | undefined>> {
  const found = new Map<string, string | undefined>();
  for (const folder of folders) {
    const { scripts } = await readMigrationScripts(folder);
    for (const { script, up } of scripts) {
      if (found.has(script.name)) continue;
      const parsed = await parseSql(up);
      found.set(script.name, parsed.ok ? objectionTo(parsed.statements, script.undo) : 'it cannot be read');
    }
  }
  return found;
}

type UndoClass = { readonly unattended: boolean; readonly reason?: string };

/** What takes away is an objection; what might (data that is changed, a function) is one unless the way back is plain. */
function objectionTo(statements: readonly Statement[], undo: UndoClass): string | undefined {
  for (const statement of statements) {
    const taken = takenAway(statement);
    if (taken) return `contract migration: ${taken} at line ${statement.line}`;
  }
  const unclear = statements.find(({ kind }) => !adding.has(kind) && kind !== 'AlterTableStmt');
  if (!unclear || undo.unattended) return undefined;
  return `irreversible: ${words(unclear.kind)} at line ${unclear.line}, and its rollback script is no plain drop`;
}

/** Statements that only add, whatever is in them. */
const adding: ReadonlySet<string> = new Set([
  'CreateStmt',
  'CreateTableAsStmt',
  'CreateSeqStmt',
  'CreateSchemaStmt',
  'CreateExtensionStmt',
  'CreateEnumStmt',
  'CreateDomainStmt',
  'CompositeTypeStmt',
  'IndexStmt',
  'ViewStmt',
  'CommentStmt',
  'GrantStmt',
  'InsertStmt',
  'SelectStmt',
  'VariableSetStmt',
  'AlterEnumStmt',
  'TransactionStmt',
]);

/** Changes of a table that code from before does not notice. */
const harmless: ReadonlySet<string> = new Set([
  'AT_AddIndex',
  'AT_ColumnDefault',
  'AT_DropNotNull',
  'AT_DropConstraint',
  'AT_SetStatistics',
  'AT_SetOptions',
  'AT_SetStorage',
  'AT_SetRelOptions',
  'AT_ValidateConstraint',
  'AT_ClusterOn',
  'AT_DropCluster',
  'AT_ReplaceRelOptions',
]);

function takenAway({ kind, node }: Statement): string | undefined {
  if (kind === 'DropStmt') {
    return node['removeType'] === 'OBJECT_INDEX' ? undefined : `it drops ${words(String(node['removeType']))}`;
  }
  if (kind === 'RenameStmt') return 'it renames something';
  if (kind === 'TruncateStmt' || kind === 'DeleteStmt') return `it removes data (${words(kind)})`;
  if (kind !== 'AlterTableStmt') return undefined;
  for (const { AlterTableCmd: command = {} } of node['cmds'] as { AlterTableCmd?: SqlNode }[]) {
    const objection = takenFromTable(command);
    if (objection) return objection;
  }
  return undefined;
}

function takenFromTable(command: SqlNode): string | undefined {
  const subtype = String(command['subtype']);
  if (harmless.has(subtype)) return undefined;
  const name = typeof command['name'] === 'string' ? ` ${command['name']}` : '';
  switch (subtype) {
    case 'AT_AddColumn':
      return needsValue(command['def']) ? 'it adds a column that must be given a value' : undefined;
    case 'AT_DropColumn':
      return `it drops the column${name}`;
    case 'AT_AlterColumnType':
      return `it changes the type of the column${name}`;
    case 'AT_SetNotNull':
      return `it forbids the column${name} to be empty`;
    case 'AT_AddConstraint':
      return 'it adds a constraint';
    default:
      return `it alters a table (${subtype.replace(/^AT_/, '')})`;
  }
}

/** NOT NULL without a default: an insert that does not know the column fails. */
function needsValue(def: unknown): boolean {
  const { constraints = [], identity } = ((def as { ColumnDef?: SqlNode } | undefined)?.ColumnDef ?? {}) as {
    constraints?: { Constraint?: SqlNode }[];
    identity?: unknown;
  };
  const kinds = constraints.map(({ Constraint }) => String(Constraint?.['contype']));
  const isFilled = kinds.some((one) => ['CONSTR_DEFAULT', 'CONSTR_IDENTITY', 'CONSTR_GENERATED'].includes(one));
  return (kinds.includes('CONSTR_NOTNULL') || kinds.includes('CONSTR_PRIMARY')) && !isFilled && identity === undefined;
}

/** `OBJECT_MATVIEW` → `a matview`, `UpdateStmt` → `UPDATE`. */
function words(name: string): string {
  if (name.startsWith('OBJECT_')) return `a ${name.slice(7).toLowerCase().replaceAll('_', ' ')}`;
  return name
    .replace(/Stmt$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toUpperCase();
}
