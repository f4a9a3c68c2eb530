import { formatDuration } from '../../release/durations';
import { resolveReferences } from '../../release/env-references';
import { SlipwayError } from '../../release/errors';
import type { Backup } from '../../release/project';
import { runProgram, type ProgramResult } from '../process/run-program';
import type { BackupKind } from './backup-kind';

/** PostgreSQL and people's tickets both have to hold it. */
const longestId = 200;

/**
 * A program that makes a backup and prints its id as the last line of its output. It finds in its environment
 * SLIPWAY_BACKUP_KEY (the release's id, the same when it is run again after a crash, so that it can name the backup it
 * has already made), SLIPWAY_SERVICE, SLIPWAY_ENVIRONMENT and SLIPWAY_VERSION. Fails with BACKUP_FAILED.
 */
export const commandBackup: BackupKind<Extract<Backup, { kind: 'command' }>> = async (
  { release, service, backup },
  surroundings,
  attempt,
) => {
  const { argv, timeout } = backup.command;
  await surroundings.reach('backup-command:before');
  const result = await runProgram({
    argv: resolveReferences(argv, surroundings.lookup, `the backup command of ${service}`),
    env: {
      ...process.env,
      SLIPWAY_BACKUP_KEY: release.id,
      SLIPWAY_SERVICE: service,
      SLIPWAY_ENVIRONMENT: release.environment,
      SLIPWAY_VERSION: release.version,
    },
    signal: attempt.signal,
    deadline: timeout,
  });
  await surroundings.reach('backup-command:after');
  const failure = failureOf(result, timeout);
  if (failure !== undefined) throw new SlipwayError('BACKUP_FAILED', { service, detail: surroundings.redact(failure) });
  const id = lastLine(result.stdout);
  if (id === '') throw new SlipwayError('BACKUP_FAILED', { service, detail: 'its command printed no id' });
  if (id.length > longestId) {
    const detail = `the last line that its command printed is longer than ${longestId} characters: that is no id`;
    throw new SlipwayError('BACKUP_FAILED', { service, detail });
  }
  return id;
};

function failureOf(result: ProgramResult, timeout: number): string | undefined {
  if (result.timedOut) return `its command did not end within ${formatDuration(timeout)}`;
  if (result.code === 0) return undefined;
  const end = result.signal ? `was ended by ${result.signal}` : `ended with code ${result.code}`;
  const said = lastLine(result.stderr).slice(0, 300);
  return said === '' ? `its command ${end}` : `its command ${end}: ${said}`;
}

function lastLine(text: string): string {
  return (
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .at(-1) ?? ''
  );
}
