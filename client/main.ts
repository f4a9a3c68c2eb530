/** The program `slipway`: reads its arguments, runs one command, ends with an exit code of the table. */
import { CommanderError, type Command } from 'commander';
import { exitCodeOfError, exitCodes } from './exit-codes';
import type { SlipwayError } from '../release/errors';
import { processIo } from './io';
import { buildProgram } from './program';
import { asSlipwayError } from './temporal-errors';
import { usageError } from './words';

/** Commands whose exit code says how something has ended that goes on without them. */
const followed: ReadonlySet<string> = new Set(['release', 'redeploy', 'rollback', 'watch', 'drift', 'recover']);

async function main(argv: readonly string[]): Promise<void> {
  // Whoever reads us may go away (`slipway status | head`); how what is followed ends is not known then.
  process.stdout.on('error', () =>
    process.exit(argv.some((word) => followed.has(word)) ? exitCodes.interrupted : exitCodes.ok),
  );
  const io = processIo(argv.includes('--json'));
  const program = buildProgram();
  // Machines get one document, not the help that commander writes where no command was given.
  if (io.json) program.configureOutput({ writeErr: () => undefined });
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return;
    if (error instanceof CommanderError && error.code === 'commander.help' && !io.json) {
      // No command was given: the help that is on screen says it all.
      process.exitCode = exitCodes.badInput;
      return;
    }
    const known = error instanceof CommanderError ? usage(error, program, argv) : asSlipwayError(error);
    io.fail(known.report, error);
    process.exitCode = exitCodeOfError(known.code);
  }
}

function usage(error: CommanderError, program: Command, argv: readonly string[]): SlipwayError {
  const command = program.commands.map((known) => known.name()).find((name) => argv.includes(name)) ?? '';
  if (error.code === 'commander.help') return usageError('', 'no command was given', error);
  const detail = error.message
    .replace(/^error: /, '')
    .replace(/\.$/, '')
    .replace(/\n/g, ' ');
  return usageError(command, detail, error);
}

void main(process.argv.slice(2)).then(() => {
  // What a library left open must not keep the program; what was written must go out first.
  process.stdout.write('', () => process.stderr.write('', () => process.exit()));
});
