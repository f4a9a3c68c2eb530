/** A recorded way to restore each database, before anything changes in it. */
import type { Backup } from '../../release/project';
import type { BackupInput, BackupReport } from '../contract';
import type { Attempt, Surroundings } from '../surroundings';
import type { BackupKind } from './backup-kind';
import { backupKinds } from './kinds';

/** What an attempt leaves for the next one. */
interface Made {
  readonly made: readonly BackupReport[];
}

/** The backup port's activities. */
export function createBackupActivities(surroundings: Surroundings) {
  return {
    /**
     * Backs up one service after the other and returns one report for each. What an earlier attempt is known to have
     * made is not made again; where its answer was lost, the kind is asked again. Fails with BACKUP_FAILED.
     */
    async makeBackups({ release, services }: BackupInput, attempt: Attempt): Promise<BackupReport[]> {
      const before = madeBefore(attempt.resume);
      const made: BackupReport[] = [];
      for (const { service, backup } of services) {
        const known = before.find((report) => report.service === service && report.kind === backup.kind);
        made.push(known ?? (await makeBackup({ release, service, backup }, surroundings, attempt)));
        attempt.progress({ made } satisfies Made);
      }
      return made;
    },
  };
}

async function makeBackup(
  order: { release: BackupInput['release']; service: string; backup: Backup },
  surroundings: Surroundings,
  attempt: Attempt,
): Promise<BackupReport> {
  const { service, backup } = order;
  const make = backupKinds[backup.kind] as BackupKind<Backup>;
  const id = await make(order, surroundings, attempt);
  return { service, kind: backup.kind, id, at: new Date().toISOString() };
}

/** Heartbeat details come back as whatever was last reported; anything else than ours is no answer. */
function madeBefore(resume: unknown): readonly BackupReport[] {
  const { made } = (typeof resume === 'object' && resume !== null ? resume : {}) as Partial<Made>;
  return Array.isArray(made) ? (made as BackupReport[]) : [];
}
