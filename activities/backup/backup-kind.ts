import type { ReleaseRef } from '../../release/identity';
import type { Backup } from '../../release/project';
import type { Attempt, Surroundings } from '../surroundings';

/** What a kind of backup is asked for. */
export interface BackupOrder<B extends Backup = Backup> {
  readonly release: ReleaseRef;
  readonly service: string;
  readonly backup: B;
}

/**
 * A kind of backup. Returns how the backup is named where it was made, or null if none is made. It may be asked again
 * for the same release and service when an answer was lost, and should then name the same backup.
 */
export type BackupKind<B extends Backup> = (
  order: BackupOrder<B>,
  surroundings: Surroundings,
  attempt: Attempt,
) => Promise<string | null>;
