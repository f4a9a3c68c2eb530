import type { RefUpdate } from '../remote';
import { git } from '../git';
import { versionOf } from './checkout';
import type { Follow } from './options';
import { commitBehind, highestTag, isTagLike, type Target } from './tags';

/** What is to be built. */
export interface BuildTarget extends Target {
  /** The version in the commit's package.json. */
  readonly version: string;
}

/** What a ref update makes a host build, if anything; `latest` is what it was last asked to build. */
export async function targetOfUpdate(
  repository: string,
  follow: Follow,
  update: RefUpdate,
  latest: Target | undefined,
): Promise<BuildTarget | undefined> {
  return withVersion(repository, await targetOf(repository, follow, update, latest));
}

/** What a host shows that has never seen a push: the branch, or the highest of the tags. */
export async function targetAtFirst(repository: string, follow: Follow): Promise<BuildTarget | undefined> {
  if (follow.mode !== 'branch') return withVersion(repository, await highestTag(repository, follow.tags));
  const ref = `refs/heads/${follow.branch}`;
  const commit = await git(['for-each-ref', '--format=%(objectname)', ref], { folder: repository });
  return withVersion(repository, commit === '' ? undefined : { ref, commit });
}

async function targetOf(
  repository: string,
  follow: Follow,
  { ref, from, to }: RefUpdate,
  latest: Target | undefined,
): Promise<Target | undefined> {
  switch (follow.mode) {
    case 'created': {
      const isNew = isTagLike(ref, follow.tags) && from === null && to !== null;
      return isNew ? { ref, commit: await commitBehind(repository, to) } : undefined;
    }
    case 'highest': {
      if (!isTagLike(ref, follow.tags)) return undefined;
      const highest = await highestTag(repository, follow.tags);
      return highest?.ref === latest?.ref && highest?.commit === latest?.commit ? undefined : highest;
    }
    case 'branch':
      return ref === `refs/heads/${follow.branch}` && to !== null ? { ref, commit: to } : undefined;
  }
}

async function withVersion(repository: string, target: Target | undefined): Promise<BuildTarget | undefined> {
  return target && { ...target, version: await versionOf(repository, target.commit) };
}
