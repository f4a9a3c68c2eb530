import { writeFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { lookAtRepository } from '../../config/look-at-repository';
import { proposeProject } from '../../config/propose-project';
import { SlipwayError } from '../../release/errors';
import { exitCodes, type ExitCode } from '../exit-codes';
import { acting, type Invocation } from '../invocation';
import { configFileName } from '../project-context';
import { usageError } from '../words';

const next = [
  'Next:',
  '  1. read it and put your addresses, checks and approvers in',
  '  2. slipway validate',
  '  3. slipway dev      (for a trial; write `embedded: true` in an environment first)',
  '  4. slipway plan VERSION --env production',
];

export function addInit(program: Command): void {
  program
    .command('init')
    .summary('write a slipway.yaml for this repository')
    .description('Looks at the repository that it stands in and writes a slipway.yaml that validates.')
    .option('--force', 'write it anew if it is there already')
    .action(acting(init));
}

async function init({ io, config }: Invocation, { force }: { readonly force?: boolean }): Promise<ExitCode> {
  const path = resolve(io.cwd, config ?? configFileName);
  const file = relative(io.cwd, path) || path;
  const text = proposeProject(await lookAtRepository(io.cwd));
  await writeFile(path, text, { flag: force ? 'w' : 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') throw new SlipwayError('CONFIG_EXISTS', { file });
    throw usageError('init', `${file} cannot be written (${error.code ?? error.message})`);
  });
  io.document({ file, written: true });
  io.say(`Wrote ${file}.`);
  for (const line of next) io.say(line);
  return exitCodes.ok;
}
