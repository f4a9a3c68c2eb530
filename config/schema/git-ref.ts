import { z } from 'zod';
import { refuse } from './refuse';

/** The name of a tag or branch, perhaps with placeholders such as `{version}`: refused if git would refuse it. */
export function gitName(description: string, ...examples: string[]) {
  return z
    .string()
    .min(1)
    .meta({ description, examples })
    .superRefine((value, context) => {
      const problem = gitNameProblem(value);
      if (problem) refuse(context, problem, `Write for example ${examples.join(' or ')}.`);
    });
}

/** Why git would refuse `value` as the name of a tag or branch. */
function gitNameProblem(value: string): string | undefined {
  const filled = value.replace(/\{\w+\}/g, '1');
  if (filled.startsWith('refs/')) return 'must be the short name, without refs/heads/ or refs/tags/';
  if (filled.startsWith('-')) return 'may not begin with a hyphen';
  // eslint-disable-next-line no-control-regex -- git forbids exactly these
  const forbidden = /[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|^\/|\/$|\.$/.exec(filled);
  if (forbidden) return `holds ${JSON.stringify(forbidden[0])}, which git does not allow in a name`;
  const part = filled.split('/').find((each) => each.startsWith('.') || each.endsWith('.lock'));
  if (part !== undefined) return `has the part ${JSON.stringify(part)}, which git does not allow in a name`;
  if (filled === '@') return 'may not be a single @';
  return undefined;
}
