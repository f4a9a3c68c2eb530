import type { Command } from 'commander';
import { formatProblem } from '../../config/problems';
import { describeProject } from '../../release/describe-project';
import { exitCodes, type ExitCode } from '../exit-codes';
import { acting, contextOf, type Invocation } from '../invocation';

export function addValidate(program: Command): void {
  program
    .command('validate')
    .summary('check slipway.yaml')
    .description('Checks slipway.yaml, tells every problem at once, and says its rules in a few sentences.')
    .action(acting(validate));
}

async function validate(invocation: Invocation): Promise<ExitCode> {
  const { io } = invocation;
  const { file, project, warnings } = await contextOf(invocation);
  io.document({ file, valid: true, warnings, project });
  for (const warning of warnings) io.remark(`Warning: ${formatProblem(warning)}`);
  io.say(`${file} is valid.`);
  for (const sentence of describeProject(project)) io.say(sentence);
  return exitCodes.ok;
}
