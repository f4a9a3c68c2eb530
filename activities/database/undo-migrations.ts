import { SlipwayError } from '../../release/errors';
import { releaseKey, type ReleaseRef } from '../../release/identity';
import type { MigrationScript, UndoneMigration } from '../../release/migration';
import { compareMigrationNames } from '../../release/migration-order';
import type { MigrationLimits } from '../../release/project';
import type { Attempt, Surroundings } from '../surroundings';
import { countDropped, lockTargets } from './count-dropped';
import { readRows, recordReverted, writeFence, type TableRow } from './migration-table';
import { withMigrationSession } from './migration-session';
import type { PreparedScript } from './prepare-script';
import { readyScript, runPrepared, scriptError } from './run-script';
import type { Session } from './session';
import { assertStillOpen, begin, rollBack, withLockRetries } from './transaction';
import { dropTargets, undoClass } from './undo-class';

/** A rollback script to run. */
export interface RollbackScript {
  readonly name: string;
  readonly checksum: string;
  readonly downChecksum: string;
  /** The whole text. */
  readonly down: string;
  readonly undo: MigrationScript['undo'];
}

export interface UndoOrder {
  readonly release: ReleaseRef;
  readonly service: string;
  /** May hold `${env:NAME}`. */
  readonly url: string;
  readonly scripts: readonly RollbackScript[];
  readonly limits: MigrationLimits;
  /** `unattended`: only what provably destroys nothing. `person`: someone has read the scripts and wants them run. */
  readonly by: 'unattended' | 'person';
}

interface Ready {
  readonly script: RollbackScript;
  readonly prepared: PreparedScript;
}

/**
 * Rolls back what this release has applied, newest first, each script in a transaction that also changes its row. The
 * fence comes first, so that nothing of this release is applied afterwards. What an earlier release applied is never
 * touched. Safe to call again after any end.
 *
 * Unattended it fails with ROLLBACK_NEEDS_PERSON, before anything is rolled back, if a script does more than drop
 * things, or what it would drop is seen to hold data; each is then counted once more with its tables locked. Fails
 * with MIGRATION_UNDO_FAILED at a script, MIGRATION_EDITED, MIGRATION_UNFINISHED, and as `applyMigrations` for locks,
 * logins and lost connections.
 */
export async function undoMigrations(
  order: UndoOrder,
  surroundings: Surroundings,
  attempt: Attempt,
): Promise<UndoneMigration[]> {
  const { release, by } = order;
  const newestFirst = [...order.scripts].sort((a, b) => compareMigrationNames(b.name, a.name));
  return withMigrationSession({ ...order, side: 'undo' }, surroundings, attempt, async (session) => {
    await surroundings.reach('database-fence:before');
    await writeFence(session, { releaseId: releaseKey(release), environment: release.environment, reason: 'rollback' });
    await surroundings.reach('database-fence:after');
    const rows = await readRows(session);
    const due = newestFirst.filter((script) => isOurs(rows.get(script.name), script, order));
    const ready = await Promise.all(due.map((script) => makeReady(script, order)));
    if (by === 'unattended') await refuseWhatHoldsData(session, ready, order, attempt);
    for (const [index, one] of ready.entries()) {
      const tell = (text: string) =>
        attempt.progress(`rolling back ${index + 1} of ${ready.length}, ${one.script.name}, ${text}`);
      tell('running');
      await undoOne({ session, ...one, order, surroundings, attempt, tell });
    }
    const reverted = new Set(due.map(({ name }) => name));
    return newestFirst.map(({ name }) => ({
      name,
      how: reverted.has(name) ? 'reverted' : before(rows.get(name), release),
    }));
  });
}

/** What was so before this call: `already` also stands for what an earlier release applied, and that stays. */
function before(row: TableRow | undefined, release: ReleaseRef): UndoneMigration['how'] {
  if (row === undefined) return 'never';
  return row.state === 'reverted' && row.releaseId !== releaseKey(release) ? 'never' : 'already';
}

/** Whether this release has applied it and it still stands. */
function isOurs(row: TableRow | undefined, script: RollbackScript, { service, release }: UndoOrder): boolean {
  if (row === undefined || row.releaseId !== releaseKey(release) || row.state === 'reverted') return false;
  const { name } = script;
  if (row.state !== 'applied') {
    throw new SlipwayError('MIGRATION_UNFINISHED', { name, service, state: row.state, release: release.id });
  }
  const same = row.checksum === script.checksum && (row.downChecksum ?? script.downChecksum) === script.downChecksum;
  if (!same) throw new SlipwayError('MIGRATION_EDITED', { name, service });
  return true;
}

async function makeReady(script: RollbackScript, { service, by }: UndoOrder): Promise<Ready> {
  const { name } = script;
  const prepared = await readyScript(script.down, { service, name, failure: 'MIGRATION_UNDO_FAILED' });
  const judged = script.undo.unattended ? undoClass(prepared.statements) : script.undo;
  if (by === 'unattended' && !judged.unattended) {
    throw new SlipwayError('ROLLBACK_NEEDS_PERSON', { name, detail: judged.reason });
  }
  return { script, prepared };
}

/** A look without locks at all of them, so that a rollback that cannot finish unattended does not begin. */
async function refuseWhatHoldsData(
  session: Session,
  ready: readonly Ready[],
  { service, limits }: UndoOrder,
  { signal, progress }: Attempt,
): Promise<void> {
  for (const { script, prepared } of ready) {
    const { name } = script;
    await withLockRetries(session, { service, name, limits, signal, onWait: progress }, async () => {
      await begin(session, limits);
      refuseData(name, await countDropped(session, name, dropTargets(prepared.statements)));
      await rollBack(session);
    });
  }
}

function refuseData(name: string, findings: readonly string[]): void {
  if (findings.length > 0) throw new SlipwayError('ROLLBACK_NEEDS_PERSON', { name, detail: findings.join(', ') });
}

interface One extends Ready {
  readonly session: Session;
  readonly order: UndoOrder;
  readonly surroundings: Surroundings;
  readonly attempt: Attempt;
  readonly tell: (text: string) => void;
}

async function undoOne({ session, script, prepared, order, surroundings, attempt, tell }: One): Promise<void> {
  const { service, limits, release, by } = order;
  const { name } = script;
  const { reach } = surroundings;
  const named = { service, name, failure: 'MIGRATION_UNDO_FAILED' } as const;
  const terms = { service, name, limits, signal: attempt.signal, onWait: tell };
  await withLockRetries(session, terms, async () => {
    const xid = await begin(session, limits);
    if (by === 'unattended') {
      const targets = dropTargets(prepared.statements);
      await lockTargets(session, targets);
      refuseData(name, await countDropped(session, name, targets));
    }
    await reach('undo-migration-sql:before');
    await runPrepared(session, prepared, named);
    await reach('undo-migration-sql:after');
    await assertStillOpen(session, terms, xid);
    await recordReverted(session, name, releaseKey(release));
    await reach('undo-migration-commit:before');
    try {
      await session.query('COMMIT');
    } catch (error) {
      throw scriptError(error, named, prepared.statements.at(-1)?.line ?? 1);
    }
    await reach('undo-migration-commit:after');
  });
}
