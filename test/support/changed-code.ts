/** Another Slipway than this one: a copy of what was compiled, with changes in it and its workflows bundled anew. */
import { execFile } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../examples/shop/project-root';

/** A line of a compiled file, and what stands there in the other Slipway. */
export interface CodeChange {
  /** Below `dist/`. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly from: string;
  readonly to: string;
}

/** What was compiled of this tree. */
export const ownCode = join(projectRoot, 'dist');

/**
 * Makes the other one below `folder`, and returns where its `dist` is. Fails if a line that is to be changed is not there any
 * more: the change is to be made anew then.
 */
export async function changedCode(folder: string, changes: readonly CodeChange[]): Promise<string> {
  const code = join(folder, 'dist');
  cpSync(ownCode, code, { recursive: true, filter: (path) => !/\.map$|\.tsbuildinfo$/.test(path) });
  for (const { file, from, to } of changes) {
    const path = join(code, file);
    const parts = readFileSync(path, 'utf8').split(from);
    if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times: ${from}`);
    writeFileSync(path, parts.join(to));
  }
  await promisify(execFile)(process.execPath, [join(code, 'worker', 'build-bundle.js')]);
  return code;
}
