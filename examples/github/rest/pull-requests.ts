/** The pull requests that brought a commit, over REST. */
import { notFound } from '../answers';
import { page, type RepositoryOperation } from '../call-context';
import { readCommit } from '../git-objects';
import { fullName, nodeId, type PullRequest, type Repository, type Review, type World } from '../world';
import type { Actor } from '../credentials';
import { html, repoApi } from './addresses';
import { simpleUserByLogin } from './people';
import { repositoryBody } from './repository';

export const pullRequestOperations: Record<string, RepositoryOperation> = {
  'repos/list-pull-requests-associated-with-commit': {
    needs: ['pull_requests', 'read'],
    run: async (context) => {
      const { world, repository, params, actor } = context;
      const sha = params['commit_sha'] ?? '';
      if (!/^[0-9a-f]{40}$/.test(sha) || !(await readCommit(repository.folder, sha))) throw notFound();
      const found = repository.pullRequests.filter((pull) => pull.commits.includes(sha) || pull.mergeCommit === sha);
      const { items, headers } = page(context, `/repos/${fullName(repository)}/commits/${sha}/pulls`, found);
      return { status: 200, body: items.map((pull) => pullRequestBody(world, repository, actor, pull)), headers };
    },
  },
  'pulls/list-reviews': {
    needs: ['pull_requests', 'read'],
    run: async (context) => {
      const { world, repository, params } = context;
      const pull = repository.pullRequests.find(({ number }) => String(number) === params['pull_number']);
      if (!pull) throw notFound();
      const path = `/repos/${fullName(repository)}/pulls/${pull.number}/reviews`;
      const { items, headers } = page(context, path, pull.reviews);
      return {
        status: 200,
        body: items.map((review, index) => reviewBody(world, repository, pull, review, index)),
        headers,
      };
    },
  },
};

function reviewBody(world: World, repository: Repository, pull: PullRequest, { by, state }: Review, index: number) {
  const web = html(world, repository, `/pull/${pull.number}#pullrequestreview-${index + 1}`);
  const api = repoApi(world, repository, `/pulls/${pull.number}`);
  return {
    id: pull.number * 1000 + index,
    node_id: nodeId('PRR', repository.id, pull.number, index),
    user: simpleUserByLogin(world, by),
    body: '',
    state,
    html_url: web,
    pull_request_url: api,
    author_association: 'MEMBER',
    _links: { html: { href: web }, pull_request: { href: api } },
    submitted_at: repository.createdAt,
    commit_id: pull.commits.at(-1) ?? null,
  };
}

function pullRequestBody(world: World, repository: Repository, actor: Actor, pull: PullRequest) {
  const url = repoApi(world, repository, `/pulls/${pull.number}`);
  const issue = repoApi(world, repository, `/issues/${pull.number}`);
  const web = html(world, repository, `/pull/${pull.number}`);
  const statuses = repoApi(world, repository, `/statuses/${pull.commits.at(-1)}`);
  const side = (ref: string, sha: string) => ({
    label: `${repository.owner}:${ref}`,
    ref,
    sha,
    user: simpleUserByLogin(world, repository.owner),
    repo: repositoryBody(world, repository, actor),
  });
  const links = {
    self: url,
    html: web,
    issue,
    comments: `${issue}/comments`,
    review_comments: `${url}/comments`,
    review_comment: repoApi(world, repository, '/pulls/comments{/number}'),
    commits: `${url}/commits`,
    statuses,
  };
  const at = pull.mergedAt ?? repository.createdAt;
  return {
    id: pull.number,
    node_id: nodeId('PR', repository.id, pull.number),
    number: pull.number,
    state: pull.state,
    locked: false,
    title: pull.title,
    body: null,
    user: simpleUserByLogin(world, pull.author),
    author_association: 'CONTRIBUTOR',
    url,
    html_url: web,
    diff_url: `${web}.diff`,
    patch_url: `${web}.patch`,
    issue_url: issue,
    commits_url: links.commits,
    comments_url: links.comments,
    review_comments_url: links.review_comments,
    review_comment_url: links.review_comment,
    statuses_url: statuses,
    labels: [],
    milestone: null,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    auto_merge: null,
    draft: false,
    created_at: repository.createdAt,
    updated_at: at,
    closed_at: pull.state === 'closed' ? at : null,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeCommit,
    head: side(pull.head, pull.commits.at(-1) ?? ''),
    base: side(pull.base, pull.mergeCommit ?? ''),
    _links: Object.fromEntries(Object.entries(links).map(([name, href]) => [name, { href }])),
  };
}
