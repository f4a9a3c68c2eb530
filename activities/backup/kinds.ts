import type { Backup } from '../../release/project';
import type { BackupKind } from './backup-kind';
import { commandBackup } from './command';

/** Every kind of backup. */
export const backupKinds: { readonly [K in Backup['kind']]: BackupKind<Extract<Backup, { kind: K }>> } = {
  none: async () => null,
  command: commandBackup,
};
