import { stringsOf, walkSql, type SqlNode, type Statement } from './parse-sql';

/**
 * Why a statement may not stand in a migration, or undefined if it may. Transaction control is judged apart, with
 * the whole script in view (prepare-script.ts). What runs inside functions and DO blocks is not seen here; the guard
 * on the transaction's id notices one that ends our transaction.
 */
export function refusalOf(statement: Statement): string | undefined {
  const { kind, node } = statement;
  return (
    needsNoTransaction(kind, node) ??
    outlivesTransaction(kind, node) ??
    reachesOutside(kind, node) ??
    touchesOurOwn(kind, node)
  );
}

/** Statements that PostgreSQL itself refuses inside a transaction. */
function needsNoTransaction(kind: string, node: SqlNode): string | undefined {
  const what = outsideOnly[kind]?.(node);
  return what ? `${what} cannot run inside a transaction; support for it is coming` : undefined;
}

const outsideOnly: Readonly<Record<string, (node: SqlNode) => string | undefined | false>> = {
  VacuumStmt: (node) => node['is_vacuumcmd'] === true && 'VACUUM',
  IndexStmt: (node) => node['concurrent'] === true && 'CREATE INDEX CONCURRENTLY',
  DropStmt: (node) => node['concurrent'] === true && 'DROP INDEX CONCURRENTLY',
  ReindexStmt: (node) => {
    if (optionNames(node['params']).includes('concurrently')) return 'REINDEX CONCURRENTLY';
    const wide = /_(SCHEMA|DATABASE|SYSTEM)$/.exec(String(node['kind']))?.[1];
    return wide && `REINDEX ${wide}`;
  },
  AlterTableStmt: (node) => {
    let detaches = false;
    walkSql(node['cmds'], (key, value) => {
      if (key === 'PartitionCmd' && (value as SqlNode)['concurrent'] === true) detaches = true;
    });
    return detaches && 'DETACH PARTITION CONCURRENTLY';
  },
  ClusterStmt: (node) => node['relation'] === undefined && 'CLUSTER without a table',
  CreatedbStmt: () => 'CREATE DATABASE',
  DropdbStmt: () => 'DROP DATABASE',
  AlterDatabaseStmt: (node) => optionNames(node['options']).includes('tablespace') && 'ALTER DATABASE SET TABLESPACE',
  AlterSystemStmt: () => 'ALTER SYSTEM',
  CreateTableSpaceStmt: () => 'CREATE TABLESPACE',
  DropTableSpaceStmt: () => 'DROP TABLESPACE',
  CreateSubscriptionStmt: () => 'CREATE SUBSCRIPTION',
  DropSubscriptionStmt: () => 'DROP SUBSCRIPTION',
  DiscardStmt: (node) => node['target'] === 'DISCARD_ALL' && 'DISCARD ALL',
};

/** Limits that keep a lost worker from holding locks: the engine sets them for each migration. */
const ours = /^(lock_timeout|statement_timeout|transaction_timeout|idle_.*_timeout|client_connection_check_interval)$/;

/** Settings and objects of the session, which would reach into the next migration of the batch. */
function outlivesTransaction(kind: string, node: SqlNode): string | undefined {
  if (kind === 'PrepareStmt') return 'PREPARE outlives the transaction; write the statement itself';
  if (kind === 'VariableSetStmt') return refusedSetting(node);
  let found: string | undefined;
  walkSql(node, (key, value) => {
    if (key !== 'FuncCall') return;
    const call = value as SqlNode;
    const name = stringsOf(call['funcname'])?.at(-1) ?? '';
    if (/^pg_advisory_unlock/.test(name)) found = `${name} could give back the lock that Slipway holds`;
    if (name === 'set_config') found = refusedSetConfig(call['args']);
  });
  return found;
}

function refusedSetting(node: SqlNode): string | undefined {
  const name = textOf(node['name']).toLowerCase();
  if (String(node['kind']).startsWith('VAR_SET_MULTI'))
    return 'SET TRANSACTION changes the transaction that Slipway opens';
  if (ours.test(name)) return `${name} is set by Slipway; set the limits in slipway.yaml`;
  if (node['is_local'] === true) return undefined;
  const word = String(node['kind']).startsWith('VAR_RESET') ? 'RESET' : 'SET';
  return `${word} ${name || 'ALL'} reaches into the next migration; write SET LOCAL`;
}

function refusedSetConfig(args: unknown): string | undefined {
  const [name, , local] = (Array.isArray(args) ? args : []) as { A_Const?: SqlNode }[];
  const setting = (name?.A_Const?.['sval'] as { sval?: string } | undefined)?.sval?.toLowerCase() ?? '';
  if (ours.test(setting)) return `${setting} is set by Slipway; set the limits in slipway.yaml`;
  const isLocal = (local?.A_Const?.['boolval'] as { boolval?: boolean } | undefined)?.boolval === true;
  return isLocal ? undefined : 'set_config reaches into the next migration; give true as its third argument';
}

/** What no rollback takes back, or what needs a client that we are not. */
function reachesOutside(kind: string, node: SqlNode): string | undefined {
  if (kind !== 'CopyStmt') return undefined;
  if (node['is_program'] === true) return 'COPY … PROGRAM acts outside the database, where nothing undoes it';
  if (node['is_from'] !== true) return 'COPY … TO takes data out of the database; it has no place in a migration';
  if (node['filename'] === undefined) return 'COPY … FROM STDIN needs psql; write INSERT statements';
  return undefined;
}

/** The schema that holds the migration table and the fences. */
export const ownSchema = 'slipway';

function touchesOurOwn(kind: string, node: SqlNode): string | undefined {
  const text = `the schema ${ownSchema} is Slipway's own; nothing else may touch it`;
  if (kind === 'DropOwnedStmt') return `DROP OWNED could drop the schema ${ownSchema}; drop the objects one by one`;
  if (kind === 'CreateSchemaStmt' && node['schemaname'] === ownSchema) return text;
  let touched = false;
  walkSql(node, (key, value) => {
    if (key === 'fields') return; // a column reference: `slipway` may be a table's alias there
    const { schemaname, newschema, subname } = value as SqlNode;
    if ([schemaname, newschema].includes(ownSchema)) touched = true;
    if (subname === ownSchema && (value as SqlNode)['renameType'] === 'OBJECT_SCHEMA') touched = true;
    const names = stringsOf(value);
    if (names?.[0] === ownSchema && (names.length > 1 || namesSchemas(node))) touched = true;
    if ((value as { String?: { sval?: string } }).String?.sval === ownSchema && namesSchemas(node)) touched = true;
  });
  return touched ? text : undefined;
}

function namesSchemas(node: SqlNode): boolean {
  return ['removeType', 'objtype', 'objectType', 'renameType'].some((key) => node[key] === 'OBJECT_SCHEMA');
}

function optionNames(options: unknown): string[] {
  if (!Array.isArray(options)) return [];
  return options.map((option) => textOf((option as { DefElem?: SqlNode }).DefElem?.['defname']));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
