import { createHash } from 'node:crypto';
import type { ApplyOrder } from '../../activities/database/apply-migrations';
import type { UndoOrder } from '../../activities/database/undo-migrations';
import type { ReleaseRef } from '../../release/identity';
import type { MigrationScript } from '../../release/migration';

/** A release of the shop. */
export function aRelease(id = 'release/shop/production/1.2.0/1'): ReleaseRef {
  return {
    id,
    runId: 'run',
    project: 'shop',
    environment: 'production',
    version: '1.2.0',
    requestedAt: '2026-01-02T00:00:00.000Z',
  };
}

/** A script pair as the survey reads it. */
export function scriptPair(name: string, up: string, down = 'SELECT 1;'): MigrationScript {
  return {
    name,
    upPath: `db/${name}.up.sql`,
    downPath: `db/${name}.down.sql`,
    checksum: sha256(up),
    downChecksum: sha256(down),
    up,
    down,
    undo: { unattended: true },
  };
}

/** Migrations that are not idempotent: each must show in the table `effects` exactly once. */
export function countedMigrations(count: number): MigrationScript[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `${String(index + 1).padStart(3, '0')}_step`;
    const up = `CREATE TABLE t${index} (x int);\nINSERT INTO effects VALUES ('${name}');`;
    return scriptPair(name, up, `DROP TABLE t${index};`);
  });
}

/** What `applyMigrations` is asked; the address comes from API_DATABASE_URL. */
export function anApplyOrder(scripts: readonly MigrationScript[], change: Partial<ApplyOrder> = {}): ApplyOrder {
  return {
    release: aRelease(),
    service: 'api',
    url: '${env:API_DATABASE_URL}',
    scripts,
    limits: { lockTimeout: 200, statementTimeout: 30_000, lockPatience: 30_000 },
    approvedBy: 'ada',
    backupId: 'backup-7',
    ...change,
  };
}

/** What `undoMigrations` is asked, for the same. */
export function anUndoOrder(scripts: readonly MigrationScript[], change: Partial<UndoOrder> = {}): UndoOrder {
  const { release, service, url, limits } = anApplyOrder(scripts);
  return { release, service, url, limits, scripts, by: 'unattended', ...change };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
