import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Slipway's own folder (with its package.json), whether this runs as TypeScript or compiled in dist/. */
export function projectRoot(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`no package.json above ${__dirname}`);
    folder = parent;
  }
  return folder;
}
