import { SlipwayError } from '../../release/errors';
import { releaseKey, type ReleaseRef } from '../../release/identity';
import type { AppliedMigration } from '../../release/migration';
import { compareMigrationNames, runsLateAfter } from '../../release/migration-order';
import type { MigrationLimits } from '../../release/project';
import type { Attempt, Surroundings } from '../surroundings';
import { readRows, recordApplied, refuseFenced, type TableRow } from './migration-table';
import { readyScript, runPrepared, scriptError } from './run-script';
import type { Session } from './session';
import { assertStillOpen, begin, withLockRetries } from './transaction';
import { withMigrationSession } from './migration-session';

/** A forward script to run. */
export interface ForwardScript {
  readonly name: string;
  readonly checksum: string;
  readonly downChecksum: string;
  /** The whole text. */
  readonly up: string;
}

export interface ApplyOrder {
  readonly release: ReleaseRef;
  readonly service: string;
  /** May hold `${env:NAME}`. */
  readonly url: string;
  readonly scripts: readonly ForwardScript[];
  readonly limits: MigrationLimits;
  readonly approvedBy: string;
  readonly backupId: string | null;
}

/**
 * Applies migrations exactly once, in order, on one connection: each in a transaction of its own that also writes its
 * row. Safe to call again after any end, also while an earlier attempt still lives: the lock is taken first, then the
 * table is read, then it acts.
 *
 * Fails with FENCED once the release is being rolled back; MIGRATION_EDITED, MIGRATION_LATE, MIGRATION_UNFINISHED
 * before anything runs; MIGRATION_FAILED or MIGRATION_COMMITS at a script; MIGRATION_LOCKED, DATABASE_BUSY when
 * patience ends; and with the errors of a login. Migrations that were applied before the failing one stay applied.
 */
export async function applyMigrations(
  order: ApplyOrder,
  surroundings: Surroundings,
  attempt: Attempt,
): Promise<AppliedMigration[]> {
  const scripts = [...order.scripts].sort((a, b) => compareMigrationNames(a.name, b.name));
  if (scripts.length === 0) return [];
  return withMigrationSession({ ...order, side: 'forward' }, surroundings, attempt, async (session) => {
    const rows = await readRows(session);
    await refuseFenced(session, order.service, releaseKey(order.release));
    refuseBadOrder(order.service, scripts, rows);
    const done: AppliedMigration[] = [];
    for (const [index, script] of scripts.entries()) {
      const row = rows.get(script.name);
      if (row?.state === 'applied') {
        done.push({ name: script.name, how: 'already', milliseconds: 0, xid: row.xid });
        continue;
      }
      const tell = (text: string) => attempt.progress(`${index + 1} of ${scripts.length}, ${script.name}, ${text}`);
      tell('running');
      done.push(await applyOne({ session, script, order, surroundings, attempt, tell }));
    }
    return done;
  });
}

function refuseBadOrder(service: string, scripts: readonly ForwardScript[], rows: ReadonlyMap<string, TableRow>): void {
  const applied = [...rows.values()].filter(({ state }) => state === 'applied').map(({ name }) => name);
  for (const { name, checksum } of scripts) {
    const row = rows.get(name);
    if (row?.state === 'applied') {
      if (row.checksum !== checksum) throw new SlipwayError('MIGRATION_EDITED', { name, service });
      continue;
    }
    if (row && row.state !== 'reverted') {
      const release = row.releaseId ?? 'an unknown release';
      throw new SlipwayError('MIGRATION_UNFINISHED', { name, service, state: row.state, release });
    }
    const last = runsLateAfter(name, applied);
    if (last !== undefined) throw new SlipwayError('MIGRATION_LATE', { name, service, last });
  }
}

interface One {
  readonly session: Session;
  readonly script: ForwardScript;
  readonly order: ApplyOrder;
  readonly surroundings: Surroundings;
  readonly attempt: Attempt;
  readonly tell: (text: string) => void;
}

async function applyOne({ session, script, order, surroundings, attempt, tell }: One): Promise<AppliedMigration> {
  const { service, limits } = order;
  const { name } = script;
  const { reach } = surroundings;
  const named = { service, name, failure: 'MIGRATION_FAILED' } as const;
  const prepared = await readyScript(script.up, named);
  const start = Date.now();
  const terms = { service, name, limits, signal: attempt.signal, onWait: tell };
  const xid = await withLockRetries(session, terms, async () => {
    await reach('migrate-begin:before');
    const xid = await begin(session, limits);
    await reach('migrate-begin:after');
    await reach('migrate-sql:before');
    await runPrepared(session, prepared, named);
    await reach('migrate-sql:after');
    await assertStillOpen(session, terms, xid);
    await recordApplied(session, {
      service,
      name,
      checksum: script.checksum,
      downChecksum: script.downChecksum,
      statements: prepared.statements.length,
      releaseId: releaseKey(order.release),
      approvedBy: order.approvedBy,
      backupId: order.backupId,
    });
    await reach('migrate-commit:before');
    await commit(session, (error) => scriptError(error, named, prepared.statements.at(-1)?.line ?? 1));
    await reach('migrate-commit:after');
    return xid;
  });
  return { name, how: 'applied', milliseconds: Date.now() - start, xid };
}

/** A round trip of its own, so that a worker that died before it cannot commit after all. */
async function commit(session: Session, translate: (error: unknown) => unknown): Promise<void> {
  try {
    await session.query('COMMIT');
  } catch (error) {
    throw translate(error);
  }
}
