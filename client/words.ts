/** Words of the command line that are checked before anything is asked. */
import { resolveActions, type ResolveAction } from '../release/decision';
import { SlipwayError } from '../release/errors';
import { problemOfVersion } from '../release/version-text';

/** A version as a person may write it; what it means is found out by the release. Fails with VERSION_MALFORMED. */
export function requireVersion(text: string): string {
  const problem = problemOfVersion(text);
  if (problem)
    throw new SlipwayError('VERSION_MALFORMED', { version: JSON.stringify(text.slice(0, 100)), detail: problem });
  return text;
}

/** A commit id of at least 7 hex digits, or null if none was given. Fails with USAGE. */
export function requireCommit(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (/^[0-9a-f]{7,64}$/i.test(text)) return text.toLowerCase();
  throw usageError('release', `--commit needs 7 to 64 hex digits, not "${text}"`);
}

/** At least 8 hex digits of a digest. Fails with USAGE. */
export function requireDigest(text: string): string {
  if (/^[0-9a-f]{8,64}$/i.test(text)) return text.toLowerCase();
  throw usageError('approve', `--digest needs at least 8 hex digits of the plan's digest, not "${text}"`);
}

/** What to do with a step that cannot go on. Fails with USAGE. */
export function requireAction(text: string): ResolveAction {
  const action = resolveActions.find((known) => known === text);
  if (action) return action;
  throw usageError('resolve', `the action must be one of ${resolveActions.join(', ')}, not "${text}"`);
}

/** USAGE: what was typed cannot be run. */
export function usageError(command: string, detail: string, cause?: unknown): SlipwayError {
  const help = ['slipway', command, '--help'].filter(Boolean).join(' ');
  return new SlipwayError('USAGE', { detail, help }, { cause });
}
