import { fieldName, isGitHubAccess, parentName, textsIn } from './texts';
import type { Rule } from './rule';

const hint = 'Put it into an environment variable of the worker, and write ${env:NAME} in its place.';

/** No address holds a password: the file is in a repository, and what it says reaches the release's history. */
export const addressesHoldNoPasswords: Rule = ({ value }, { problem }) => {
  for (const { path, text } of textsIn(value)) {
    if (holdsPassword(text)) problem(path, 'a password or token is written in this address', hint);
  }
};

/** No header that carries a secret is written out. */
export const headersHoldNoSecrets: Rule = ({ value }, { problem }) => {
  const secret = /^(authorization|proxy-authorization|cookie|.*(token|secret|password|api-?key).*)$/i;
  for (const { path, text } of textsIn(value)) {
    if (parentName(path) !== 'headers' || !secret.test(fieldName(path)) || text.includes('$')) continue;
    problem(path, 'a secret is written in this header', hint);
  }
};

/** No token and no key is written out. */
export const credentialsAreReferences: Rule = ({ value }, { problem }) => {
  for (const { path, text } of textsIn(value)) {
    if (!isGitHubAccess(path) || !['token', 'privateKey'].includes(fieldName(path)) || text.includes('$')) continue;
    problem(path, 'a secret is written here', hint);
  }
};

/** Whether a password or token stands in an address in `text`. */
export function holdsPassword(text: string): boolean {
  const withoutReferences = text.replace(/\$\{env:[^}]*\}/g, '');
  const inUserPart = [...withoutReferences.matchAll(/([a-z][a-z0-9+.-]*):\/\/([^/@\s]*)@/gi)].some(
    ([, scheme = '', user = '']) => {
      const password = user.split(':').slice(1).join(':');
      // Git hosts take a token as the user's name alone.
      const isToken = /^https?$/i.test(scheme) && /^\w{20,}$/.test(user);
      return password !== '' || isToken;
    },
  );
  return (
    inUserPart ||
    /:\/\/\S*[?&](password|sslpassword|token|access_token|api_?key|secret)=[^&\s]/i.test(withoutReferences)
  );
}
