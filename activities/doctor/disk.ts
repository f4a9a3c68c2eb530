import { randomBytes } from 'node:crypto';
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, pass, type Look } from '../../release/doctor';
import { judgeInodes, judgeSpace } from '../../release/judge-doctor';
import type { Patient } from './examiner';

/** Whether clones of repositories can be kept where the worker keeps them. */
export async function examineDisk({ surroundings }: Patient): Promise<Look[]> {
  const { workspaces } = surroundings;
  const [writable, room] = await Promise.all([tryToWrite(workspaces), roomIn(workspaces)]);
  return [writable, ...room];
}

async function tryToWrite(folder: string): Promise<Look> {
  const name = 'workspaces';
  const trial = join(folder, `doctor-${randomBytes(6).toString('hex')}`);
  try {
    await mkdir(trial, { recursive: true });
    await writeFile(join(trial, 'file'), 'x');
    return pass(name, `${folder} can be written`);
  } catch (error) {
    const detail = `${folder} cannot be written: ${(error as Error).message}`;
    return fail(name, detail, `Let the worker's user write there, or set SLIPWAY_CACHE to a folder where it may.`);
  } finally {
    await rm(trial, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function roomIn(folder: string): Promise<Look[]> {
  try {
    const { bavail, bsize, ffree, files } = await statfs(folder);
    return [judgeSpace(folder, bavail * bsize), judgeInodes(folder, ffree, files)];
  } catch {
    return [judgeSpace(folder, undefined)];
  }
}
