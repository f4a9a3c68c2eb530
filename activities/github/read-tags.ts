/** All tags of a repository at GitHub, for those who look again and again. */
import { createHash } from 'node:crypto';
import { failureError, judgeFailure } from './api-failure';
import type { GitHubRepository } from './repository';

/** A tag as it is listed. */
export interface ListedTag {
  /** Without `refs/tags/`. */
  readonly name: string;
  /** Of an annotated tag the tag object. */
  readonly object: string;
  readonly isAnnotated: boolean;
}

/** What was read, and the mark by which a later reading knows that nothing has changed. */
export interface ListedTags {
  readonly mark: string;
  readonly tags: readonly ListedTag[];
}

interface MatchingRef {
  readonly ref: string;
  readonly object: { readonly sha: string; readonly type: string };
}

/**
 * Reads all tags, unless they are as they were when `mark` was given out (null = read in any case). An unchanged list
 * costs nothing of the rate limit: GitHub answers 304 to the mark. `closed` = the API may not be used at all. Throws
 * the error of the table.
 */
export async function readTagsIfChanged(
  repository: GitHubRepository,
  mark: string | null,
): Promise<'unchanged' | 'closed' | ListedTags> {
  const [etag, digest] = readMark(mark);
  const refs: MatchingRef[] = [];
  let newTag = '';
  for (let page = 1, more = true; more; page++) {
    const outcome = await repository.ask(({ reading }) => readPage(reading, repository, page, page === 1 ? etag : ''));
    if ('failure' in outcome) {
      if (outcome.failure.kind === 'closed') return 'closed';
      throw failureError(outcome.failure, repository.shown);
    }
    if (outcome.value === 'unchanged') return 'unchanged';
    refs.push(...outcome.value.refs);
    more = outcome.value.hasMore;
    // The mark of one page says nothing of the others.
    newTag = page === 1 && !more ? outcome.value.etag : '';
  }
  const tags = refs.map(({ ref, object }) => ({
    name: ref.replace('refs/tags/', ''),
    object: object.sha,
    isAnnotated: object.type === 'tag',
  }));
  const found = createHash('sha256').update(JSON.stringify(tags)).digest('hex');
  return found === digest && newTag === etag ? 'unchanged' : { mark: JSON.stringify([newTag, found]), tags };
}

async function readPage(
  octokit: Parameters<Parameters<GitHubRepository['read']>[0]>[0],
  repository: GitHubRepository,
  page: number,
  etag: string,
): Promise<'unchanged' | { refs: MatchingRef[]; hasMore: boolean; etag: string }> {
  try {
    const answer = await octokit.rest.git.listMatchingRefs({
      ...repository.parameters,
      ref: 'tags/',
      ...(page > 1 && { page }),
      headers: etag ? { 'if-none-match': etag } : {},
    });
    const hasMore = /rel="next"/.test(answer.headers.link ?? '');
    return { refs: answer.data, hasMore, etag: answer.headers.etag ?? '' };
  } catch (error) {
    if ((error as { status?: unknown }).status === 304) return 'unchanged';
    // An empty repository has no tags; GitHub calls that a conflict.
    if (judgeFailure(error)?.kind === 'empty') return { refs: [], hasMore: false, etag: '' };
    throw error;
  }
}

function readMark(mark: string | null): [etag: string, digest: string] {
  try {
    const [etag, digest] = JSON.parse(mark ?? '[]') as unknown[];
    return [typeof etag === 'string' ? etag : '', typeof digest === 'string' ? digest : ''];
  } catch {
    // A mark of another way of reading.
    return ['', ''];
  }
}
