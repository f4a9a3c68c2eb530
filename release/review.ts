/** Whether commits came through reviewed pull requests. */
import type { Finding } from './facts';
import type { Evidence } from './gate-rule';
import { shortId } from './identity';

/** A pull request that was merged into the trunk. */
export interface PullRequestFact {
  readonly number: number;
  readonly title: string;
  readonly url: string;
  readonly mergedAt: string | null;
  /** Those whose last word was yes. */
  readonly approvers: readonly string[];
}

/** A commit that goes live, with the merged pull requests that brought it. */
export interface ReviewedCommit {
  readonly id: string;
  readonly subject: string;
  readonly pulls: readonly PullRequestFact[];
}

/** A review as GitHub gives it, oldest first. */
interface GivenReview {
  readonly user: { readonly login: string } | null;
  readonly state: string;
}

/** Who has approved: those whose last approval was neither dismissed nor taken back by asking for changes. */
export function approversOf(reviews: readonly GivenReview[]): string[] {
  const last = new Map<string, string>();
  for (const { user, state } of reviews) {
    // A comment takes no approval back.
    if (user && ['APPROVED', 'CHANGES_REQUESTED', 'DISMISSED'].includes(state)) last.set(user.login, state);
  }
  return [...last].flatMap(([login, state]) => (state === 'APPROVED' ? [login] : []));
}

/** Judges all commits; `isFirst`: nothing is live, so that only the released commit is looked at. */
export function judgeReviews(
  commits: readonly ReviewedCommit[],
  isFirst: boolean,
): Finding & { readonly evidence: readonly Evidence[] } {
  const bare = commits.filter(({ pulls }) => pulls.length === 0);
  const unapproved = commits.filter(({ pulls }) => pulls.length > 0 && !pulls.some(isApproved));
  const pulls = new Map(commits.flatMap((commit) => commit.pulls.map((pull) => [pull.number, pull])));
  const evidence = [...pulls.values()]
    .sort((a, b) => Number(isApproved(a)) - Number(isApproved(b)) || b.number - a.number)
    .map(({ number, url, mergedAt, approvers }) => ({
      name: `#${number}`,
      value: approvers.length > 0 ? `approved by ${approvers.join(', ')}` : 'approved by nobody',
      link: url,
      ...(mergedAt && { at: new Date(mergedAt).toISOString() }),
    }));
  const problems = [
    ...(bare.length > 0 ? [`without a merged pull request: ${named(bare)}`] : []),
    ...(unapproved.length > 0 ? [`without an approving review: ${named(unapproved)}`] : []),
  ];
  if (problems.length > 0) return { verdict: 'failed', detail: problems.join('; '), evidence };
  const count = commits.length === 1 ? '1 commit' : `${commits.length} commits`;
  const first = isFirst ? ' (nothing is live yet: only the released commit is looked at)' : '';
  return { verdict: 'passed', detail: `${count} came through ${pulls.size} approved pull requests${first}`, evidence };
}

const isApproved = ({ approvers }: PullRequestFact): boolean => approvers.length > 0;

function named(commits: readonly ReviewedCommit[]): string {
  const shown = commits.slice(0, 5).map(({ id, subject }) => `${shortId(id)} ${subject}`);
  return `${shown.join(', ')}${commits.length > shown.length ? ` and ${commits.length - shown.length} more` : ''}`;
}
