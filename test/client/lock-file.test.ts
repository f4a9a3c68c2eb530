/** The lock under which packages are installed and sources compiled: one process at a time, whoever was killed before. */
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { projectRoot } from '../../examples/shop/project-root';
import { aFolder } from '../support/shop';

/** Holds the lock for a moment, all at once with the others, and fails if somebody else does too. */
const contender = (folder: string, at: number) => `
import { rmSync, writeFileSync } from 'node:fs';
import { holdLock } from ${JSON.stringify(pathToFileURL(join(projectRoot, 'client', 'lock-file.mjs')).href)};
while (Date.now() < ${at});
await holdLock(${JSON.stringify(join(folder, 'lock'))}, async () => {
  writeFileSync(${JSON.stringify(join(folder, 'inside'))}, '', { flag: 'wx' });
  await new Promise((resolve) => setTimeout(resolve, 5));
  rmSync(${JSON.stringify(join(folder, 'inside'))});
}, () => undefined);
`;

test.each([
  ['nobody', ''],
  ['a process that was killed', '999999 1'],
])('of six that want a lock of %s at the same moment each gets it, and no two at once', async (_, left) => {
  const folder = aFolder();
  mkdirSync(folder, { recursive: true });
  if (left) writeFileSync(join(folder, 'lock'), left);
  const at = Date.now() + 1_000;
  const program = ['--input-type=module', '--eval', contender(folder, at)];
  await Promise.all(Array.from({ length: 6 }, () => promisify(execFile)(process.execPath, program)));
  expect(readdirSync(folder)).toEqual([]);
});
