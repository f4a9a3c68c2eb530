import { z } from 'zod';
import type { Command } from '../../release/command';
import { withoutSecrets } from '../quote';
import { positiveDuration } from './duration';
import { refuse } from './refuse';
import { wordsOfCommand } from './words-of-command';

/** A program and its arguments: a list of words, or one line without shell features → the words. */
export function commandLine(description: string) {
  return z
    .union([z.string(), z.array(z.string()).min(1)])
    .meta({ description, examples: ['./scripts/rollback.sh production', ['sh', '-c', 'pg_dump … | gzip > …']] })
    .transform((value, context): readonly string[] => {
      if (typeof value !== 'string') {
        if (value[0] === '') refuse(context, 'names no program', 'Write the program first.', [0]);
        return value;
      }
      const words = wordsOfCommand(value);
      if (words.ok) return words.argv;
      refuse(context, words.problem, words.needsShell ? shellHint(value) : 'Write a program and its arguments.');
      return z.NEVER;
    });
}

/** The time limit that goes with a command. */
export const commandTimeout = positiveDuration('How long the command may run before it is killed.').prefault('10m');

/** A command as the rest of the house knows it. */
export const toCommand = (form: { command: readonly string[]; timeout: number }): Command => ({
  argv: form.command,
  timeout: form.timeout,
});

function shellHint(line: string): string {
  const short = line.length > 60 || line.includes('\n') ? '…' : line;
  return `Write ["sh", "-c", ${JSON.stringify(withoutSecrets(short))}] to run it in a shell.`;
}
