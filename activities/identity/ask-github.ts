import type { Octokit } from '@octokit/rest';
import type { Repository } from '../../release/project';
import type { ApiFailure } from '../github/api-failure';
import { GitHubRepository } from '../github/repository';
import type { Attempt, Surroundings } from '../surroundings';

/** Milliseconds that GitHub may take: somebody waits for what becomes of their decision. */
const PATIENCE = 10_000;

/** What GitHub said; that it knows no such thing; or why it gave no answer. */
export type Told<T> = { readonly value: T } | { readonly missing: true } | { readonly unknown: string };

/** Asks GitHub about people, by the access of a repository. */
export async function askGitHub<T>(
  repository: Repository | null,
  { lookup }: Pick<Surroundings, 'lookup'>,
  { signal }: Attempt,
  question: (octokit: Octokit, request: { readonly signal: AbortSignal }) => Promise<T>,
): Promise<Told<T>> {
  const limit = AbortSignal.timeout(PATIENCE);
  const either = AbortSignal.any([signal, limit]);
  const github = repository && GitHubRepository.of(repository, lookup, either);
  if (!github) return { unknown: 'no repository of this release says how to reach it' };
  try {
    const asked = await github.ask(({ reading }) => question(reading, { signal: either }));
    if ('value' in asked) return asked;
    return asked.failure.kind === 'missing' ? { missing: true } : { unknown: words(asked.failure) };
  } catch (error) {
    signal.throwIfAborted();
    if (!limit.aborted) throw error;
    return { unknown: 'no answer in time' };
  }
}

const words = ({ kind, detail }: ApiFailure): string =>
  kind === 'limit' ? `its limit is reached (${detail})` : detail;
