import { resolveReferences } from '../../release/env-references';
import { errorTable, SlipwayError } from '../../release/errors';
import type { DatabaseFacts, Finding } from '../../release/facts';
import type { MigrationRow, MigrationScript } from '../../release/migration';
import { runsLateAfter } from '../../release/migration-order';
import { sleep } from '../sleep';
import type { Attempt, Surroundings } from '../surroundings';
import { openDirect } from './directness';
import { readRows } from './migration-table';
import { ownVersion } from './own-schema';
import { messageOf, sqlState } from './postgres-errors';
import { problemText, readMigrationScripts, type ScriptFile } from './read-scripts';
import type { Session } from './session';
import { sessionName } from './session-name';

export interface DatabaseQuestion {
  readonly service: string;
  /** May hold `${env:NAME}`. */
  readonly url: string;
  /** The files of the migrations folder at the released commit; the database is looked at while they come. */
  readonly files: readonly ScriptFile[] | Promise<readonly ScriptFile[]>;
}

/**
 * Looks at a service's migrations and its database, changing nothing in it. Fails only by an abort, or as `files` does:
 * a database that does not answer, or a variable that is not set, is a finding.
 */
export async function surveyDatabase(
  { service, url, files }: DatabaseQuestion,
  surroundings: Surroundings,
  attempt: Attempt,
): Promise<DatabaseFacts> {
  const looking = lookAtDatabase({ service, url }, surroundings, attempt);
  const reading = Promise.resolve(files).then(readMigrationScripts);
  // Neither goes on behind the other's failure.
  await Promise.allSettled([looking, reading]);
  const [{ access, rows }, { scripts: read, problems }] = await Promise.all([looking, reading]);
  const scripts = read.map(({ script }) => script);
  const done = new Set(rows.filter(({ state }) => state !== 'reverted').map(({ name }) => name));
  return {
    access,
    rows,
    scripts,
    pending: scripts.flatMap(({ name }) => (done.has(name) ? [] : [name])),
    problems: [...problems.map(problemText), ...rowProblems(scripts, rows)],
  };
}

/** How often a database is asked; milliseconds between two times, and after which it is not asked again. */
const again = { tries: 3, pause: 250, within: 6_000 };

/**
 * One that could not tell is asked again, twice: a connection that breaks off once would otherwise end a release which people
 * have approved.
 */
async function lookAtDatabase(
  question: Pick<DatabaseQuestion, 'service' | 'url'>,
  surroundings: Surroundings,
  attempt: Attempt,
): ReturnType<typeof lookOnce> {
  const began = performance.now();
  for (let tries = 1; ; tries += 1) {
    const look = await lookOnce(question, surroundings, attempt);
    const isOver = tries >= again.tries || performance.now() - began > again.within;
    if (look.access.verdict !== 'unknown' || isOver) return look;
    await sleep(again.pause, attempt.signal);
  }
}

async function lookOnce(
  { service, url }: Pick<DatabaseQuestion, 'service' | 'url'>,
  { lookup, redact }: Surroundings,
  { signal }: Attempt,
): Promise<{ access: Finding; rows: MigrationRow[] }> {
  let session: Session | undefined;
  try {
    const address = resolveReferences(url, lookup, `the database of ${service}`);
    const order = { service, url: address, name: sessionName('survey', 'look'), signal };
    session = await openDirect(order);
    const objection = await objectionOf(session);
    const rows = await readableRows(session);
    if (objection !== undefined) return { access: { verdict: 'failed', detail: objection }, rows };
    return { access: { verdict: 'passed', detail: 'reachable, writable and direct' }, rows };
  } catch (error) {
    signal.throwIfAborted();
    const told = error instanceof SlipwayError && errorTable[error.code].kind === 'input';
    return { access: { verdict: told ? 'failed' : 'unknown', detail: redact(messageOf(error)) }, rows: [] };
  } finally {
    await session?.close();
  }
}

/** Why migrations could not run here, or undefined. */
async function objectionOf(session: Session): Promise<string | undefined> {
  const server = await session.one<{ version: number; replica: boolean; readonly: boolean; user: string }>(
    `SELECT current_setting('server_version_num')::int AS version, pg_is_in_recovery() AS replica,
       current_setting('default_transaction_read_only')::bool AS readonly, current_user AS user`,
  );
  if (server.version < 130_000) return 'its server is older than PostgreSQL 13, which is the oldest that can be used';
  if (server.replica) return 'it is a replica: migrations need the primary server';
  if (server.readonly) return 'it is read-only (default_transaction_read_only is on)';
  return rightsObjection(session, server.user);
}

/** Why `user`, who is logged in, could not keep our own tables here, or undefined. */
export async function rightsObjection(session: Session, user: string): Promise<string | undefined> {
  return (await schemaObjection(session, user)) ?? (await tableObjection(session, user));
}

async function schemaObjection(session: Session, user: string): Promise<string | undefined> {
  const { schema, use, make } = await session.one<{ schema: boolean; use: boolean; make: boolean }>(
    `SELECT n.oid IS NOT NULL AS schema,
       coalesce(has_schema_privilege(n.oid, 'USAGE'), false) AS use,
       has_database_privilege(current_database(), 'CREATE') AS make
     FROM (SELECT to_regnamespace('slipway')::oid AS oid) AS n`,
  );
  if (!schema) return make ? undefined : `its user ${user} may not make the schema slipway`;
  return use ? undefined : `its user ${user} may not use the schema slipway`;
}

async function tableObjection(session: Session, user: string): Promise<string | undefined> {
  // UPDATE on the fence is never done, but LOCK TABLE … IN SHARE MODE asks for that right.
  const { enough } = await session.one<{ enough: boolean }>(
    `SELECT CASE
       WHEN to_regnamespace('slipway') IS NULL THEN true
       WHEN to_regclass('slipway.version') IS NULL THEN has_schema_privilege('slipway', 'CREATE')
       ELSE (
         SELECT bool_and(has_table_privilege(t, p))
         FROM unnest(ARRAY['slipway.migration', 'slipway.fence']) AS t, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE']) AS p
       )
     END AS enough`,
  );
  return enough ? undefined : `its user ${user} may not use the tables of the schema slipway`;
}

/** Reading may be allowed where writing is not; where it is not, that is an objection already. */
async function readableRows(session: Session): Promise<MigrationRow[]> {
  try {
    return (await ownVersion(session)) === 0 ? [] : [...(await readRows(session)).values()];
  } catch (error) {
    if (sqlState(error) === '42501') return [];
    throw error;
  }
}

/** What is wrong between the scripts and the rows. */
function rowProblems(scripts: readonly MigrationScript[], rows: readonly MigrationRow[]): string[] {
  const byName = new Map(rows.map((row) => [row.name, row]));
  const applied = rows.filter(({ state }) => state === 'applied').map(({ name }) => name);
  return scripts.flatMap(({ name, upPath, checksum }) => {
    const row = byName.get(name);
    if (row?.state === 'applied') {
      return row.checksum === checksum
        ? []
        : [
            `${upPath}: it has already run with other contents; put those back, and write a new migration for the change`,
          ];
    }
    if (row && row.state !== 'reverted') {
      return [`${upPath}: it is recorded as ${row.state} by ${row.releaseId ?? 'an unknown release'}`];
    }
    const last = runsLateAfter(name, applied);
    return last === undefined
      ? []
      : [`${upPath}: it sorts before ${last}, which has already run; rename it so that it sorts last`];
  });
}
