import { z } from 'zod';
import type { Backup, Database, MigrationLimits } from '../../release/project';
import { commandLine, commandTimeout, toCommand } from './command';
import { positiveDuration } from './duration';
import { text } from './text';

const backup = z
  .union([
    z
      .strictObject({ none: text('Why no backup is needed.', 'can be rebuilt from the catalogue') })
      .transform(({ none }): Backup => ({ kind: 'none', reason: none })),
    z
      .strictObject({
        command: commandLine('Program that makes a backup and prints its id as the last line of its output.'),
        timeout: commandTimeout,
      })
      .transform((form): Backup => ({ kind: 'command', command: toCommand(form) })),
  ])
  .meta({
    description: 'How the state before a migration can be restored. Default: none, with a warning.',
    examples: [{ command: './scripts/backup.sh' }, { none: 'can be rebuilt from the catalogue' }],
  });

const limits: z.ZodType<MigrationLimits> = z
  .strictObject({
    lockTimeout: positiveDuration(
      'How long a statement waits for a lock before it gives way and tries again.',
    ).prefault('200ms'),
    statementTimeout: positiveDuration('How long one statement may run.').prefault('5m'),
    lockPatience: positiveDuration('How long the whole migration keeps trying to get its locks.').prefault('5m'),
  })
  .meta({ description: 'Limits of one migration, and of the wait for its locks.' })
  .prefault({});

const unwanted: Backup = { kind: 'none', reason: 'no backup is configured' };

/** `database: { url, migrations }`. */
export const database = z
  .strictObject({
    url: text('Address of the PostgreSQL database, as a reference, since it holds a password.', '${env:DATABASE_URL}'),
    migrations: text('Folder of NAME.up.sql / NAME.down.sql pairs in the service’s repository.', 'db/migrations'),
    onRollback: z
      .enum(['keep', 'dropIfEmpty'])
      .meta({
        description:
          'What a rollback does with finished migrations. keep: the schema stays and is recorded as schema debt; ' +
          'dropIfEmpty: the rollback scripts run if nothing that they drop holds data.',
      })
      .prefault('keep'),
    backup: backup.exactOptional(),
    limits,
  })
  .meta({
    description: 'The service’s PostgreSQL database.',
    examples: [{ url: '${env:DATABASE_URL}', migrations: 'db/migrations' }],
  })
  .transform((form): Database => ({ ...form, backup: form.backup ?? unwanted }));
