import { writeFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { lookAtDeploymentFile, lookForDeployment } from '../../config/look-at-deployment';
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
    .description(
      'Looks at the repository that it stands in, and at how it is deployed today: a deploy script, a workflow of GitHub ' +
        'Actions, vercel.json, Kubernetes or Helm. Writes a slipway.yaml that validates, and says of each part where it was read.',
    )
    .option('--from <file>', 'the one file that says how it is deployed today, instead of looking for such files')
    .option('--force', 'write it anew if it is there already')
    .addHelpText('after', examples)
    .action(acting(init));
}

const examples = `
Examples:
  slipway init
  slipway init --from .github/workflows/release.yml
  slipway init --from scripts/deploy.sh --force`;

interface InitOptions {
  readonly force?: boolean;
  readonly from?: string;
}

async function init({ io, config }: Invocation, { force, from }: InitOptions): Promise<ExitCode> {
  const path = resolve(io.cwd, config ?? configFileName);
  const file = relative(io.cwd, path) || path;
  const found = from === undefined ? await lookForDeployment(io.cwd) : await lookAtDeploymentFile(io.cwd, from);
  const text = proposeProject(await lookAtRepository(io.cwd), found.facts);
  await writeFile(path, text, { flag: force ? 'w' : 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') throw new SlipwayError('CONFIG_EXISTS', { file });
    throw usageError('init', `${file} cannot be written (${error.code ?? error.message})`);
  });
  io.document({ file, written: true, from: found.files, skipped: found.skipped });
  for (const { file: left, problem } of found.skipped) io.remark(`${left} was left out: ${problem}.`);
  io.say(`Wrote ${file}${found.files.length > 0 ? `, from ${found.files.join(', ')}` : ''}.`);
  for (const line of next) io.say(line);
  return exitCodes.ok;
}
