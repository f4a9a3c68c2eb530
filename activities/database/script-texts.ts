import { createHash } from 'node:crypto';
import { SlipwayError } from '../../release/errors';
import type { MigrationScript } from '../../release/migration';
import type { Repository } from '../../release/project';
import { readFolder, withRepository } from '../repository';
import type { Attempt, Surroundings } from '../surroundings';
import { readMigrationScripts } from './read-scripts';

/** Where the scripts of a plan stand. */
export interface ScriptSource {
  readonly service: string;
  readonly repository: Repository;
  readonly commit: string;
  readonly folder: string;
  readonly scripts: readonly MigrationScript[];
}

/**
 * The whole texts of a plan's scripts, with the very checksums that were approved. The plan itself is enough if it
 * holds them uncut, so that a rollback does not need the remote; otherwise they are read at the commit. Fails with
 * MIGRATION_EDITED if what stands there is something else.
 */
export async function wholeScripts(
  source: ScriptSource,
  surroundings: Surroundings,
  attempt: Attempt,
): Promise<MigrationScript[]> {
  if (source.scripts.every(isWhole)) return [...source.scripts];
  const { service, repository, commit, folder } = source;
  const files = await withRepository({ surroundings, repository, attempt }, (workspace) =>
    readFolder(workspace, commit, folder),
  );
  const { scripts } = await readMigrationScripts(files);
  const found = new Map(scripts.map((read) => [read.script.name, read]));
  return source.scripts.map((planned) => {
    const read = found.get(planned.name);
    const same =
      read?.script.checksum === planned.checksum && read.script.downChecksum === planned.downChecksum
        ? read
        : undefined;
    if (!same) throw new SlipwayError('MIGRATION_EDITED', { name: planned.name, service });
    return { ...planned, up: same.up, down: same.down };
  });
}

/** A text whose own checksum is the file's cannot have been cut. */
function isWhole({ up, down, checksum, downChecksum }: MigrationScript): boolean {
  return sha256(up) === checksum && sha256(down) === downChecksum;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
