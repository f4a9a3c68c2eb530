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
