import { z } from 'zod';
import { refNameProblem } from '../../release/ref-names';
import { refuse } from './refuse';

/** The name of a tag or branch, perhaps with placeholders such as `{version}`: refused if git would refuse it. */
export function gitName(description: string, ...examples: string[]) {
  return z
    .string()
    .min(1)
    .meta({ description, examples })
    .superRefine((value, context) => {
      // A reference has no place in a name; a rule says so.
      if (value.includes('env:') || value.includes('${')) return;
      const hint = `Write for example ${examples.join(' or ')}.`;
      const problem = refNameProblem(value.replace(/\{\w+\}/g, '1'));
      if (problem) refuse(context, `is no name that git allows: ${problem}`, hint);
      else if (value.startsWith('refs/')) refuse(context, 'must be without refs/heads/ or refs/tags/', hint);
    });
}
