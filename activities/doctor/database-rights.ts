import { fail, pass, warn, type Look } from '../../release/doctor';
import { judgeEnd } from '../../release/judge-doctor';
import { ownVersion } from '../database/own-schema';
import type { Session } from '../database/session';
import { rightsObjection } from '../database/survey-database';

/** What the user may do: keep Slipway's own tables, and change the schema on the way there and back. */
export async function lookAtRights(service: string, session: Session): Promise<Look[]> {
  const { user, database } = await session.one<{ user: string; database: string }>(
    'SELECT quote_ident(current_user) AS user, quote_ident(current_database()) AS database',
  );
  return [
    await ownTables(service, session, user, database),
    ...(await schemaRights(service, session, user)),
    ...(await passwordEnd(service, session, user)),
  ];
}

async function passwordEnd(service: string, session: Session, user: string): Promise<Look[]> {
  const { end, now } = await session.one<{ end: number | null; now: number }>(
    `SELECT CASE WHEN isfinite(rolvaliduntil) THEN (extract(epoch FROM rolvaliduntil) * 1000)::float8 END AS "end",
       (extract(epoch FROM now()) * 1000)::float8 AS now
     FROM pg_roles WHERE rolname = current_user`,
  );
  if (end === null) return [];
  const todo = `ALTER ROLE ${user} VALID UNTIL …; or give the worker a user whose password stays.`;
  return [judgeEnd(`${service}: password of ${user}`, end, now, todo)];
}

async function ownTables(service: string, session: Session, user: string, database: string): Promise<Look> {
  const name = `${service}: schema slipway`;
  const objection = await rightsObjection(session, user);
  if (objection !== undefined) {
    const todo = `As its owner: GRANT CREATE ON DATABASE ${database} TO ${user}; or make the schema, and GRANT ALL ON SCHEMA slipway and its tables.`;
    return fail(name, objection, todo);
  }
  const there = (await ownVersion(session)) > 0;
  return pass(name, there ? `its tables are there, and ${user} may use them` : `${user} may make it`);
}

interface SchemaRow {
  readonly schema: string;
  readonly create: boolean;
  readonly tables: number;
  readonly foreign: number;
  readonly owners: string;
  /** One of them is a superuser, which nobody should become for this. */
  readonly superuser: boolean;
}

/** Of the schemas in which a script's names are looked up. */
async function schemaRights(service: string, session: Session, user: string): Promise<Look[]> {
  const { rows } = await session.query<SchemaRow>(
    `SELECT quote_ident(n.nspname) AS schema, has_schema_privilege(n.oid, 'CREATE') AS "create", count(c.oid)::int AS tables,
       (count(c.oid) FILTER (WHERE NOT pg_has_role(c.relowner, 'USAGE')))::int AS "foreign",
       coalesce(string_agg(DISTINCT quote_ident(r.rolname), ', ') FILTER (WHERE NOT pg_has_role(c.relowner, 'USAGE')), '') AS owners,
       coalesce(bool_or(r.rolsuper) FILTER (WHERE NOT pg_has_role(c.relowner, 'USAGE')), false) AS "superuser"
     FROM pg_namespace n
     LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'v', 'm')
     LEFT JOIN pg_roles r ON r.oid = c.relowner
     WHERE n.nspname = ANY (current_schemas(false))
     GROUP BY n.oid, n.nspname ORDER BY n.nspname`,
  );
  if (rows.length === 0) return [await noSchema(`${service}: changing the schema`, session, user)];
  return rows.map((row) => oneSchema(`${service}: schema ${row.schema}`, row, user));
}

/** PostgreSQL passes over a schema of the search path that is not there, and one that may not be used. */
async function noSchema(name: string, session: Session, user: string): Promise<Look> {
  const { closed, path } = await session.one<{ closed: string | null; path: string }>(
    `SELECT current_setting('search_path') AS path, (
       SELECT string_agg(quote_ident(nspname), ', ') FROM pg_namespace
       WHERE NOT has_schema_privilege(oid, 'USAGE')
         AND (nspname = current_user OR nspname = ANY (string_to_array(replace(current_setting('search_path'), '"', ''), ', ')))
     ) AS closed`,
  );
  if (closed === null) {
    const todo = `Let its search_path name a schema that is there: ALTER ROLE ${user} SET search_path = …;`;
    return fail(name, `none of the schemas in its search_path (${path}) is there`, todo);
  }
  return fail(name, `${user} may not use ${closed}`, `GRANT USAGE, CREATE ON SCHEMA ${closed} TO ${user};`);
}

function oneSchema(
  name: string,
  { schema, create, tables, foreign, owners, superuser }: SchemaRow,
  user: string,
): Look {
  if (!create) {
    const todo = `GRANT CREATE ON SCHEMA ${schema} TO ${user};`;
    return fail(name, `${user} may make nothing there: neither a migration nor its rollback would run`, todo);
  }
  if (foreign === 0) return pass(name, `${user} may make things there, and owns its ${tables} tables and views`);
  return warn(
    name,
    `${foreign} of ${tables} tables and views belong to ${owners}: only an owner may alter or drop them`,
    superuser
      ? `Let ${user} own them: ALTER TABLE … OWNER TO ${user};`
      : `GRANT ${owners} TO ${user}; or let ${user} own them.`,
  );
}
