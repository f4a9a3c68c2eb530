import { isObject, problemOfOrder } from './release-request';
import { recoveryActions } from './recovery';

/**
 * Why `input` is nothing that a recovery can work with, in a few words; undefined if it is. Anybody who reaches Temporal
 * can start one by hand.
 */
export function problemOfRecovery(input: unknown): string | undefined {
  if (!isObject(input)) return 'it is no object';
  const { unfinished, action, by, reason } = input;
  if (!recoveryActions.some((known) => known === action))
    return `"action" must be one of ${recoveryActions.join(', ')}`;
  for (const [name, text] of Object.entries({ by, reason }))
    if (typeof text !== 'string' || text.trim() === '' || text.length > 2_000) return `"${name}" must be text`;
  if (!isObject(unfinished)) return '"unfinished" is no object';
  const { release, order, plan } = unfinished;
  const lists = ['approvals', 'undoRecords', 'undone', 'timeline'] as const;
  const noList = lists.find((name) => !Array.isArray(unfinished[name]));
  if (noList) return `"unfinished.${noList}" is no list`;
  if (!isObject(release)) return '"unfinished.release" is no object';
  const texts = ['id', 'runId', 'project', 'environment', 'version', 'requestedAt', 'cluster'] as const;
  const noText = texts.find((name) => typeof release[name] !== 'string');
  if (noText) return `"unfinished.release.${noText}" is no text`;
  if (plan !== null && !(isObject(plan) && Array.isArray(plan['services']) && Array.isArray(plan['steps'])))
    return '"unfinished.plan" is none';
  const problem = problemOfOrder(order, { environment: String(release['environment']) });
  return problem && `"unfinished.order": ${problem}`;
}
