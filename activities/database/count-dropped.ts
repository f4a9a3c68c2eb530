import { SlipwayError } from '../../release/errors';
import { parseSql, type SqlNode } from './parse-sql';
import { isCancelled, isConflict, LostConnection, messageOf } from './postgres-errors';
import type { Session } from './session';
import type { DropTargets } from './undo-class';

/** Milliseconds that counting one table may take: nobody can read the table meanwhile. */
const countLimit = 5_000;

/** A table that a rollback script drops, or drops columns of. */
interface Target {
  /** As the server spells it, quoted. */
  readonly table: string;
  readonly whole: boolean;
  readonly columns: readonly string[];
}

/** Locks every table that `targets` name and that is there, so that what is counted next cannot change. */
export async function lockTargets(session: Session, targets: DropTargets): Promise<void> {
  const found = await findTargets(session, targets);
  for (const { table } of found) await session.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
}

/**
 * What a rollback script would destroy, in words such as `orders.discount holds 12 values`; empty = nothing. Runs
 * inside a transaction. A table must have no rows; a column must be null, or still its constant default, everywhere:
 * adding a column with a default fills it in every row that was there, so such a value is one that nobody wrote, and
 * the forward script would bring it back. Indexes and views hold no data of their own.
 *
 * Fails with ROLLBACK_NEEDS_PERSON if it cannot be counted, or not in time.
 */
export async function countDropped(session: Session, name: string, targets: DropTargets): Promise<string[]> {
  const found = await findTargets(session, targets);
  // A table that hides rows from us must not look empty: the server then refuses instead.
  await session.script(`SAVEPOINT counting; SET LOCAL row_security = off; SET LOCAL statement_timeout = ${countLimit}`);
  const findings: string[] = [];
  for (const target of found) {
    try {
      findings.push(...(target.whole ? await countRows(session, target) : await countValues(session, target)));
    } catch (error) {
      if (error instanceof LostConnection || isConflict(error)) throw error;
      const why = isCancelled(error) ? `took longer than ${countLimit / 1000} s` : `failed: ${messageOf(error)}`;
      throw new SlipwayError('ROLLBACK_NEEDS_PERSON', { name, detail: `counting ${plain(target.table)} ${why}` });
    }
  }
  // Brings back the settings; locks that were taken before stay.
  await session.query('ROLLBACK TO SAVEPOINT counting');
  return findings;
}

/** One target a table, under the name that the server resolves; what is not there holds nothing. */
async function findTargets(session: Session, { tables, columns }: DropTargets): Promise<Target[]> {
  const found = new Map<string, { table: string; whole: boolean; columns: Set<string> }>();
  const target = async (parts: readonly string[]) => {
    const written = parts.map(quote).join('.');
    const { table } = await session.one<{ table: string | null }>(
      `SELECT c.oid::regclass::text AS table FROM (SELECT to_regclass($1) AS oid) AS c`,
      [written],
    );
    if (table === null) return undefined;
    const entry = found.get(table) ?? { table, whole: false, columns: new Set() };
    found.set(table, entry);
    return entry;
  };
  for (const parts of tables) {
    const entry = await target(parts);
    if (entry) entry.whole = true;
  }
  for (const { table, column } of columns) (await target(table))?.columns.add(column);
  return [...found.values()].map((entry) => ({ ...entry, columns: [...entry.columns] }));
}

async function countRows(session: Session, { table }: Target): Promise<string[]> {
  const { count } = await session.one<{ count: string }>(`SELECT count(*) AS count FROM ${table}`);
  return count === '0' ? [] : [`${plain(table)} holds ${amount(count, 'row')}`];
}

async function countValues(session: Session, { table, columns }: Target): Promise<string[]> {
  const described = await describe(session, table, columns);
  if (described.length === 0) return [];
  const counts = described.map(({ column, type, fallback }) => {
    const value = quote(column);
    // As text, since some types have no equality; equal text is equal value, and a doubt only asks a person.
    const other = fallback === null ? 'true' : `${value}::text IS DISTINCT FROM (${fallback})::${type}::text`;
    return `count(*) FILTER (WHERE ${value} IS NOT NULL AND ${other})`;
  });
  const { held } = await session.one<{ held: string[] }>(
    `SELECT ARRAY[${counts.join(', ')}]::text[] AS held FROM ${table}`,
  );
  return described.flatMap(({ column }, index) => {
    const count = held[index] ?? '0';
    return count === '0' ? [] : [`${plain(table)}.${column} holds ${amount(count, 'value')}`];
  });
}

interface Column {
  readonly column: string;
  readonly type: string;
  /** The default's SQL if it is a constant. */
  readonly fallback: string | null;
}

async function describe(session: Session, table: string, columns: readonly string[]): Promise<Column[]> {
  const { rows } = await session.query<Column>(
    `SELECT a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type,
       CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END AS fallback
     FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     WHERE a.attrelid = $1::regclass AND a.attname = ANY ($2::text[]) AND a.attnum > 0 AND NOT a.attisdropped`,
    [table, columns],
  );
  return Promise.all(
    rows.map(async ({ fallback, ...row }) => ({ ...row, fallback: (await isConstant(fallback)) ? fallback : null })),
  );
}

/** Whether a default's SQL gives every row the same value, whenever it runs: a literal, casts of one, or ARRAY of them. */
async function isConstant(expression: string | null): Promise<boolean> {
  if (expression === null) return false;
  const parsed = await parseSql(`SELECT ${expression}`);
  const [statement] = parsed.ok ? parsed.statements : [];
  const [target] = (statement?.node['targetList'] ?? []) as { ResTarget?: { val?: SqlNode } }[];
  return isConstantNode(target?.ResTarget?.val);
}

function isConstantNode(node: unknown): boolean {
  const [kind, value] = Object.entries((node ?? {}) as SqlNode)[0] ?? [];
  if (kind === 'A_Const') return true;
  if (kind === 'TypeCast') return isConstantNode((value as { arg?: unknown }).arg);
  if (kind === 'A_ArrayExpr') return ((value as { elements?: unknown[] }).elements ?? []).every(isConstantNode);
  return false;
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function plain(name: string): string {
  return name.replaceAll('"', '');
}

function amount(count: string, noun: string): string {
  return `${count} ${noun}${count === '1' ? '' : 's'}`;
}
