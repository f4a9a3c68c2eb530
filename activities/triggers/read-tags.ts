import { createHash } from 'node:crypto';
import { SlipwayError } from '../../release/errors';
import type { Repository } from '../../release/project';
import type { RemoteTag } from '../../release/request-tag';
import { readTagsIfChanged } from '../github/read-tags';
import { withRepository } from '../repository';
import { REMOTE, remoteError } from '../repository/git';
import type { Attempt, Surroundings } from '../surroundings';

/** All tags of a remote, or that they are as they were when `mark` was given out. */
export type TagsAnswer =
  | { readonly isChanged: false }
  | { readonly isChanged: true; readonly tags: readonly RemoteTag[]; readonly mark: string };

/**
 * Reads the tags of a remote with one request (GitHub's API: one for each hundred; nothing new costs no rate). `mark` is that of an earlier reading; null = read in any case. Fails as
 * every look at a remote does.
 */
export function readTags(
  context: { readonly surroundings: Surroundings; readonly repository: Repository; readonly attempt: Attempt },
  mark: string | null,
): Promise<TagsAnswer> {
  return withRepository(context, async (workspace) => {
    if (workspace.github) {
      const answer = await readTagsIfChanged(workspace.github, mark);
      if (answer === 'unchanged') return { isChanged: false };
      if (answer !== 'closed') return { isChanged: true, ...answer };
    }
    const result = await workspace.remote(['ls-remote', '--quiet', '--tags', REMOTE]);
    if (result.code !== 0 || result.timedOut) throw remoteError(workspace.url, result);
    if (result.truncated)
      throw new SlipwayError('REMOTE_UNREACHABLE', { url: workspace.shownUrl, detail: 'its list of tags is too long' });
    const read = createHash('sha256').update(result.stdout).digest('hex');
    return read === mark ? { isChanged: false } : { isChanged: true, tags: parseTags(result.stdout), mark: read };
  });
}

/** Each tag has a line; an annotated one has another, with `^{}` after its name, for what it comes to. */
export function parseTags(listing: string): RemoteTag[] {
  const lines = listing.split('\n').flatMap((line) => {
    const [, object = '', name = ''] = /^([0-9a-f]{40,64})\trefs\/tags\/(.+)$/.exec(line) ?? [];
    return object === '' ? [] : [{ object, name }];
  });
  const peeled = new Set(lines.flatMap(({ name }) => (name.endsWith('^{}') ? [name.slice(0, -3)] : [])));
  return lines
    .filter(({ name }) => !name.endsWith('^{}'))
    .map(({ name, object }) => ({ name, object, isAnnotated: peeled.has(name) }));
}
