import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder that holds the project's package.json, whether this runs as TypeScript or compiled in dist/. */
export const projectRoot = findRoot(__dirname);

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error(`no package.json above ${__dirname}`);
  return findRoot(parent);
}
