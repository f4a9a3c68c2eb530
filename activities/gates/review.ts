import { approversOf, judgeReviews, type PullRequestFact } from '../../release/review';
import type { ReviewGate } from '../../release/gate-rule';
import { standsFor } from '../repository/history';
import { askGitHub, type GitHubOfGate } from './at-github';
import { GateUnanswered, type GateKind, type GateService } from './gate-kind';
import { withHistory } from './in-repository';
import { ofCommits } from './subjects';

/** As many commits as can be looked at in one release. */
const mostCommits = 1_000;

/** How many commits one query asks about. */
const atOnce = 50;

/** Every commit since what is live came through a merged pull request with an approving review that still counts. */
export const review: GateKind<ReviewGate> = {
  kind: 'review',
  subject: ofCommits,
  async look(question, context) {
    const [{ live, commit, repository }] = question.services;
    const github = askGitHub(question, context, { what: 'pull requests', permission: 'Pull requests: read' });
    const base = live && (await withHistory(question, context, (workspace) => standsFor(workspace, live.commit)));
    const commits = await commitsSince(github, base, commit);
    const pulls = await pullRequestsOf(
      github,
      commits.map(({ id }) => id),
    );
    const merged = new Map<number, PullRequestFact>();
    for (const pull of [...pulls.values()].flat()) {
      if (pull.merged && pull.baseRefName === repository.trunk) merged.set(pull.number, { ...pull, approvers: [] });
    }
    await Promise.all(
      [...merged.values()].map(async (pull) => {
        const reviews = await github.ask((octokit) =>
          octokit.paginate(octokit.rest.pulls.listReviews, {
            ...github.parameters,
            pull_number: pull.number,
            per_page: 100,
          }),
        );
        merged.set(pull.number, { ...pull, approvers: approversOf(reviews) });
      }),
    );
    return judgeReviews(
      commits.map((one) => ({
        ...one,
        pulls: (pulls.get(one.id) ?? []).flatMap(({ number }) => merged.get(number) ?? []),
      })),
      base === null,
    );
  },
};

type Listed = { readonly id: string; readonly subject: string };

/** Oldest first. Without anything live there is nothing to begin at: then it is the released commit alone. */
async function commitsSince(github: GitHubOfGate, base: GateService['commit'] | null, head: string): Promise<Listed[]> {
  if (base === head) return [];
  if (base === null) {
    const { data } = await github.ask((octokit) =>
      octokit.rest.git.getCommit({ ...github.parameters, commit_sha: head }),
    );
    return [{ id: data.sha, subject: firstLine(data.message) }];
  }
  const found: Listed[] = [];
  for (let page = 1; ; page++) {
    const { data } = await github.ask((octokit) =>
      octokit.rest.repos.compareCommitsWithBasehead({
        ...github.parameters,
        basehead: `${base}...${head}`,
        per_page: 100,
        page,
      }),
    );
    if (data.total_commits > mostCommits) {
      const detail = `${data.total_commits} commits are new: more than ${mostCommits} are not looked at`;
      throw new GateUnanswered({ verdict: 'unknown', detail });
    }
    found.push(...data.commits.map(({ sha, commit }) => ({ id: sha, subject: firstLine(commit.message) })));
    if (found.length >= data.total_commits || data.commits.length === 0) return found;
  }
}

const firstLine = (message: string): string => message.split('\n', 1)[0] ?? '';

type Pull = Omit<PullRequestFact, 'approvers'> & { readonly merged: boolean; readonly baseRefName: string };

interface Answer {
  readonly repository: Readonly<
    Record<string, { associatedPullRequests?: { nodes?: readonly (Pull | null)[] | null } | null } | null>
  > | null;
}

/** Commit → the pull requests that have it. */
async function pullRequestsOf(github: GitHubOfGate, ids: readonly string[]): Promise<Map<string, Pull[]>> {
  const pulls = new Map<string, Pull[]>();
  const { owner, repo, request } = github.parameters;
  for (let at = 0; at < ids.length; at += atOnce) {
    const some = ids.slice(at, at + atOnce);
    const wanted = 'associatedPullRequests(first: 20) { nodes { number title url merged mergedAt baseRefName } }';
    const fields = some.map((id, index) => `c${index}: object(oid: "${id}") { ... on Commit { ${wanted} } }`);
    const query = `query SlipwayReviews($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) { ${fields.join('\n')} }
}`;
    const answer = await github.ask((octokit) => octokit.graphql<Answer>(query, { owner, name: repo, request }));
    some.forEach((id, index) => {
      const nodes = answer.repository?.[`c${index}`]?.associatedPullRequests?.nodes;
      pulls.set(
        id,
        (nodes ?? []).filter((node) => node !== null),
      );
    });
  }
  return pulls;
}
