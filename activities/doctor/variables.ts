import { fail, pass, warn, type Look } from '../../release/doctor';
import { referencesIn } from '../../release/env-references';
import { partsOf } from '../survey';
import type { Patient } from './examiner';

/** Every variable that this environment's configuration refers to: what is missing is told all at once, by name. */
export async function examineVariables({ project, environment, surroundings }: Patient): Promise<Look[]> {
  const parts = Object.entries(partsOf(project, environment));
  const names = [...new Set(parts.flatMap(([, value]) => referencesIn(value)))];
  if (names.length === 0) return [pass('variables', 'the configuration refers to none')];
  const looks = names.map((name): Look => {
    const places = parts.filter(([, value]) => referencesIn(value).includes(name)).map(([place]) => place);
    return lookAt(name, surroundings.lookup(name), places.join(', '), environment.name);
  });
  const missing = looks.filter(({ verdict }) => verdict === 'failed').length;
  const all = `${names.length - missing} of ${names.length} are set`;
  return [...(missing === 0 ? [pass('variables', all)] : []), ...looks.filter(({ verdict }) => verdict !== 'passed')];
}

function lookAt(name: string, value: string | undefined, places: string, environment: string): Look {
  const anew = `where the worker of ${environment} runs, and start that worker anew.`;
  if (value === undefined) return fail(name, `it is not set on the worker; needed by ${places}`, `Set ${name} ${anew}`);
  if (value === '') return warn(name, `it is empty; needed by ${places}`, `Give ${name} a value ${anew}`);
  if (value !== value.trim()) {
    const todo = `Take the space or the line break off the ends of ${name} ${anew}`;
    return warn(name, `it begins or ends with a space or a line break; used by ${places}`, todo);
  }
  return pass(name, 'it is set');
}
