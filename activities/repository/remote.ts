import { SlipwayError } from '../../release/errors';
import { maskUrl } from '../../release/git-answers';
import { git, REMOTE, remoteError } from './git';

/** The refs of a remote as seen at one moment: full name → object id (of the tag object, for an annotated tag). */
export type Refs = ReadonlyMap<string, string>;

/**
 * Reads refs of the remote at `url`: those that match `patterns` (as `git ls-remote` takes them); absent ones are not
 * in the result. Throws REMOTE_UNREACHABLE or REMOTE_DENIED.
 */
export async function readRefs(url: string, patterns: readonly string[], signal: AbortSignal): Promise<Refs> {
  const result = await git({ args: ['ls-remote', '--refs', REMOTE, ...patterns], url, signal });
  if (result.code !== 0 || result.timedOut) throw remoteError(url, result);
  if (result.truncated)
    throw new SlipwayError('REMOTE_UNREACHABLE', { url: maskUrl(url), detail: 'its list of refs is too long' });
  const lines = result.stdout.split('\n').filter(Boolean);
  return new Map(lines.map((line) => [line.slice(line.indexOf('\t') + 1), line.slice(0, line.indexOf('\t'))]));
}
