import type { Rule } from './rule';

/** Rules that come from a repository have one. */
export const rulesHaveARepository: Rule = ({ value }, { problem }) => {
  const { rules, repository } = value as { rules?: unknown; repository?: unknown };
  if (typeof rules !== 'object' || rules === null || repository !== undefined) return;
  const own = (rules as { repository?: unknown }).repository;
  if (typeof own === 'object' && own !== null && 'url' in own) return;
  const hint = 'Write repository: { url: … } in it, or at the top of the file for all services.';
  problem(['rules'], 'has no repository', hint, 'key');
};

/** Where words to an environment must be signed, somebody can sign them, and no request can take that away. */
export const wordsAreSigned: Rule = ({ value, environments, whoIsWho }, { problem }) => {
  const file = value as { rules?: unknown; environments?: Record<string, { signed?: unknown } | null> };
  const canSign = Object.values(whoIsWho.people ?? {}).some(
    ({ bot, githubKeys, keys }) => !bot && (githubKeys || keys.length > 0),
  );
  for (const { name, path } of environments) {
    if (file.environments?.[name]?.signed !== 'required') continue;
    const at = [...path, 'signed'];
    if (file.rules === undefined) {
      const hint =
        'Write rules: { branch: main } at the top of the file, so that the rules come from a protected commit.';
      problem(at, 'could be taken away by anybody who asks for a release', hint);
    }
    if (!canSign) {
      problem(at, 'nobody here has a key', 'Write keys under people: keys: ["ssh-ed25519 …"], or keys: github.');
    }
  }
};
