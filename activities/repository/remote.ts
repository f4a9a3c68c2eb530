import { SlipwayError } from '../../release/errors';
import { REMOTE, remoteError } from './git';
import type { Workspace } from './workspace';

/** The refs of a remote as seen at one moment: full name → object id (of the tag object, for an annotated tag). */
export type Refs = ReadonlyMap<string, string>;

/**
 * Reads refs of the workspace's remote: those that match `patterns` (as `git ls-remote` takes them); absent ones are
 * not in the result. Throws REMOTE_UNREACHABLE or REMOTE_DENIED.
 */
export async function readRefs(workspace: Workspace, patterns: readonly string[]): Promise<Refs> {
  const result = await workspace.remote(['ls-remote', '--refs', REMOTE, ...patterns]);
  if (result.code !== 0 || result.timedOut) throw remoteError(workspace.url, result);
  if (result.truncated) {
    throw new SlipwayError('REMOTE_UNREACHABLE', { url: workspace.shownUrl, detail: 'its list of refs is too long' });
  }
  const lines = result.stdout.split('\n').filter(Boolean);
  return new Map(lines.map((line) => [line.slice(line.indexOf('\t') + 1), line.slice(0, line.indexOf('\t'))]));
}
