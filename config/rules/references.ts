import type { Path } from '../problems';
import { fieldName, isGitHubAccess, parentName, textsIn } from './texts';
import type { Rule } from './rule';

const valid = /\$\{env:[A-Za-z_]\w*\}/g;

/** What was probably meant as a reference: `${env:}`, `{env:X}`, `$env:X`, `${ENV.X}`, `${env:X` without its end. */
const nearly = /\$?\{\s*env\s*[:.][^}]*\}?|\$env[:.]\w*/gi;

/** How shells and other tools write it: `${X}`, `$API_URL`. */
const foreign = /\$\{[^}]*\}?|\$[A-Z_][A-Z0-9_]+/g;

/** References have the one form that is resolved; anything near it would be used as it stands. */
export const referencesAreWellFormed: Rule = ({ value }, { problem }) => {
  for (const { path, text } of textsIn(value)) {
    const rest = text.replace(valid, '');
    const wrong = [...rest.matchAll(nearly), ...(isFreeText(path) ? [] : rest.replace(nearly, '').matchAll(foreign))];
    for (const [found] of wrong) {
      problem(
        path,
        `${JSON.stringify(found)} is no reference to an environment variable`,
        `Write ${rightForm(found)}.`,
      );
    }
  }
};

/** A reference stands only where an activity resolves it: everything else is part of names and plans. */
export const referencesStandWhereTheyAreResolved: Rule = ({ value }, { problem }) => {
  for (const { path, text } of textsIn(value)) {
    const [found] = text.match(valid) ?? [];
    if (found === undefined || isResolved(path)) continue;
    problem(
      path,
      `${found} is not resolved here`,
      'Write the value itself; references are for addresses, headers, bodies and commands.',
    );
  }
};

const isResolved = (path: Path) =>
  ['url', 'http', 'ical', 'body', 'contains', 'command'].includes(fieldName(path)) ||
  ['headers', 'json'].includes(parentName(path)) ||
  isGitHubAccess(path);

/** Fields whose text may mean what another tool makes of it: a shell, a template, a query language. */
const isFreeText = (path: Path) => ['command', 'body', 'contains', 'none'].includes(fieldName(path));

function rightForm(found: string): string {
  const name = /[A-Za-z_]\w*/.exec(found.replace(/^\$?\{?\s*(env\s*[:.])?/i, '').replace(/-/g, '_'))?.[0];
  return `\${env:${name ?? 'NAME'}}`;
}
