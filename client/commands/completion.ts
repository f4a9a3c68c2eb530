import { Argument, type Command } from 'commander';
import { complete, files } from '../completion/complete';
import { knowledgeOf } from '../completion/knowledge';
import { completeCommand, scriptFor, shells, type Shell } from '../completion/scripts';
import { exitCodes, type ExitCode } from '../exit-codes';
import { acting, type Invocation } from '../invocation';

const install = `
To load it in every session:
  bash   echo 'source <(slipway completion bash)' >> ~/.bashrc
  zsh    echo 'source <(slipway completion zsh)' >> ~/.zshrc      (behind compinit)
  fish   slipway completion fish > ~/.config/fish/completions/slipway.fish

It knows commands, options, the environments of slipway.yaml, and releases, if Temporal answers in a moment.
The shell must find \`slipway\` by that name: on the PATH, not by npx.`;

export function addCompletion(program: Command): void {
  program
    .command('completion')
    .summary('write a script that completes commands in bash, zsh or fish')
    .description('Writes a script for your shell that completes commands, options, environments and releases.')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .addHelpText('after', install)
    .action(acting(completion));
  program
    .command(completeCommand, { hidden: true })
    .argument('[line...]', 'the words on the line, the last one unfinished')
    .action((line: readonly string[]) => candidates(program, line));
}

async function completion({ io }: Invocation, shell: Shell): Promise<ExitCode> {
  io.document({ shell, script: scriptFor(shell) });
  io.say(scriptFor(shell));
  return exitCodes.ok;
}

/** A candidate and what it is on each line. Never an error: nobody who presses Tab wants to read one. */
async function candidates(program: Command, line: readonly string[]): Promise<void> {
  const knowledge = knowledgeOf(process.cwd(), process.env, configIn(line));
  const found = await complete(program, line, knowledge).catch(() => []);
  const lines = found === files ? [':files'] : found.map(({ value, about }) => `${value}\t${about}`);
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
}

const configIn = (line: readonly string[]): string | undefined => {
  const at = line.indexOf('--config');
  return at < 0 || at >= line.length - 2 ? undefined : line[at + 1];
};
