import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../project-root';

/**
 * Lets applications that run below `folder` find this project's packages, as a host's own installation would: they
 * look for them in the folders above, and a demo may run in any.
 */
export function offerPackages(folder: string): void {
  mkdirSync(folder, { recursive: true });
  try {
    // Windows needs no right for a junction.
    symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'), 'junction');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
