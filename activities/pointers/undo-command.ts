/** A team's own program that brings the previous version back. */
import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { resolveReferences } from '../../release/env-references';
import { SlipwayError } from '../../release/errors';
import type { PointerMove } from '../../release/pointer-move';
import { fillName } from '../../release/ref-names';
import { undoCommandValues } from '../../release/undo-command';
import { runProgram } from '../process/run-program';
import type { Scene } from './scene';

/**
 * Runs the command, with its placeholders and references filled, as a process group that is killed at its deadline.
 * Throws COMMAND_FAILED if it ends with anything but 0. It may run again after a crash: it must bear that.
 */
export async function runUndoCommand(
  scene: Scene,
  move: PointerMove,
  command: { argv: readonly string[]; timeout: number },
  known: Readonly<Record<string, string>> = undoCommandValues(move, scene.claimant.release),
): Promise<void> {
  const { surroundings, attempt } = scene;
  const where = `service ${move.service}, undo command`;
  const argv = command.argv.map((word) => fillName(resolveReferences(word, surroundings.lookup, where), known));
  await surroundings.reach('undo-command:before');
  attempt.signal.throwIfAborted();
  const result = await runProgram({
    argv,
    env: { ...process.env, ...variables(known) },
    deadline: command.timeout,
    signal: attempt.signal,
    limit: 64 * 1024,
  });
  await surroundings.reach('undo-command:after');
  if (result.code === 0 && !result.timedOut) return;
  const end = result.timedOut ? `no end within ${command.timeout} ms` : `it ended with ${result.code ?? result.signal}`;
  const said = surroundings.redact(lastLine(result.stderr) || lastLine(result.stdout));
  const detail = said ? `${end}: ${said}` : end;
  throw new SlipwayError('COMMAND_FAILED', { command: command.argv.join(' '), detail });
}

/** Whether this worker has the program; one named by a reference or placeholder cannot be looked for. */
export async function hasProgram(argv: readonly string[]): Promise<boolean> {
  const [file = ''] = argv;
  if (/[{$]/.test(file)) return true;
  const folders = file.includes('/') || isAbsolute(file) ? [''] : (process.env['PATH'] ?? '').split(delimiter);
  const found = folders.map((folder) => access(folder ? join(folder, file) : resolve(file), constants.X_OK));
  return (await Promise.allSettled(found)).some(({ status }) => status === 'fulfilled');
}

/** `previousCommit` → `SLIPWAY_PREVIOUS_COMMIT`. */
function variables(known: Readonly<Record<string, string>>): Record<string, string> {
  const name = (key: string) => `SLIPWAY_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
  return Object.fromEntries(Object.entries(known).map(([key, value]) => [name(key), value]));
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
