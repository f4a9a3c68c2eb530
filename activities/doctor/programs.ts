import { fail, pass, type Look } from '../../release/doctor';
import { resolveReferences } from '../../release/env-references';
import type { Service } from '../../release/project';
import type { Command } from '../../release/command';
import { hasProgram } from '../pointers/undo-command';
import { bounded, type Patient } from './examiner';

/** Whether the programs of the team that a release would run are there: those of the way back too. */
export async function examinePrograms(patient: Patient): Promise<Look[]> {
  const programs = patient.services.flatMap(programsOf);
  if (programs.length === 0) return [pass('programs', 'the configuration names none')];
  const looks = await Promise.all(
    programs.map(([name, command]) => bounded(name, patient, async () => [await lookAt(name, command, patient)])),
  );
  return looks.flat();
}

function programsOf({ name, database, pointer }: Service): [string, Command][] {
  const backup = database?.backup.kind === 'command' ? database.backup.command : undefined;
  const undo = pointer.undo.by === 'command' ? pointer.undo.command : undefined;
  return [
    ...(backup ? [[`${name}: backup`, backup] as [string, Command]] : []),
    ...(undo ? [[`${name}: way back`, undo] as [string, Command]] : []),
  ];
}

async function lookAt(name: string, { argv }: Command, { surroundings }: Patient): Promise<Look> {
  const { lookup, redact } = surroundings;
  const [file = ''] = resolveReferences(argv.slice(0, 1), lookup, name);
  if (await hasProgram([file])) return pass(name, `${file} is there and may be run`);
  const todo = `Install ${redact(file)} where this worker runs, on the worker's PATH, and let its user run it (chmod +x).`;
  return fail(name, `this worker has no program ${file} that it may run`, todo);
}
