/** What a name that a caller gives leads to: a branch, a tag, a full ref, or an object's id, whole or short. */
import { readCommit, runGit, type CommitData } from './git-objects';
import type { Refs } from './refs';
import type { Repository } from './world';

/** The object's id, or null. Names are looked up in the refs as this read sees them. */
export async function resolveRevision(repository: Repository, refs: Refs, name: string): Promise<string | null> {
  const wanted = name === 'HEAD' || name === '' ? `refs/heads/${repository.defaultBranch}` : name;
  for (const full of [wanted, `refs/${wanted}`, `refs/heads/${wanted}`, `refs/tags/${wanted}`]) {
    const state = refs.get(full);
    if (state) return state.oid;
  }
  if (!/^[0-9a-f]{4,40}$/.test(wanted)) return null;
  const { code, out } = await runGit(repository.folder, ['rev-parse', '--quiet', '--verify', `${wanted}^{object}`]);
  return code === 0 ? out.toString().trim() : null;
}

/** The commit that a name leads to, or null. */
export async function resolveCommit(repository: Repository, refs: Refs, name: string): Promise<CommitData | null> {
  const oid = await resolveRevision(repository, refs, name);
  return oid ? readCommit(repository.folder, oid) : null;
}
