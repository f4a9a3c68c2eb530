/** Issues and labels over REST. Pull requests are issues too, as GitHub has it. */
import { notFound, ok } from '../answers';
import { page, type RepositoryContext, type RepositoryOperation } from '../call-context';
import { fullName, nodeId, type Issue } from '../world';
import { html, repoApi } from './addresses';
import { simpleUserByLogin } from './people';

const needs = ['issues', 'read'] as const;

export const issueOperations: Record<string, RepositoryOperation> = {
  'issues/list-for-repo': {
    needs,
    run: async (context) => {
      const { repository, query } = context;
      const state = query.get('state') ?? 'open';
      const labels = (query.get('labels') ?? '').split(',').filter(Boolean).map(lower);
      const found = repository.issues.filter(
        (issue) =>
          (state === 'all' || issue.state === state) &&
          labels.every((label) => issue.labels.map(lower).includes(label)),
      );
      const { items, headers } = page(context, `/repos/${fullName(repository)}/issues`, found);
      return { status: 200, body: items.map((issue) => issueBody(context, issue)), headers };
    },
  },
  'issues/get-label': {
    needs,
    run: async (context) => {
      const { repository, params } = context;
      const name = repository.labels.find((label) => lower(label) === lower(params['name'] ?? ''));
      if (name === undefined) throw notFound();
      return ok(labelBody(context, name));
    },
  },
};

const lower = (text: string): string => text.toLowerCase();

function labelBody({ world, repository }: RepositoryContext, name: string) {
  return {
    id: repository.labels.indexOf(name) + 1,
    node_id: nodeId('LA', repository.id, name),
    url: repoApi(world, repository, `/labels/${encodeURIComponent(name)}`),
    name,
    description: null,
    color: 'ededed',
    default: false,
  };
}

function issueBody(context: RepositoryContext, issue: Issue) {
  const { world, repository } = context;
  const url = repoApi(world, repository, `/issues/${issue.number}`);
  const pull = repoApi(world, repository, `/pulls/${issue.number}`);
  const web = html(world, repository, `/${issue.isPullRequest ? 'pull' : 'issues'}/${issue.number}`);
  return {
    id: issue.number,
    node_id: nodeId('I', repository.id, issue.number),
    url,
    repository_url: repoApi(world, repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: web,
    number: issue.number,
    state: issue.state,
    title: issue.title,
    user: simpleUserByLogin(world, repository.owner),
    labels: issue.labels.map((label) => labelBody(context, label)),
    assignee: null,
    milestone: null,
    locked: false,
    comments: 0,
    closed_at: issue.state === 'closed' ? repository.createdAt : null,
    created_at: repository.createdAt,
    updated_at: repository.createdAt,
    author_association: 'MEMBER',
    ...(issue.isPullRequest && {
      pull_request: { url: pull, html_url: web, diff_url: `${web}.diff`, patch_url: `${web}.patch` },
    }),
  };
}
