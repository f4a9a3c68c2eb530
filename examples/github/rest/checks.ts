/** Check runs and statuses of commits, over REST. */
import { invalid, ok } from '../answers';
import { page, type RepositoryContext, type RepositoryOperation } from '../call-context';
import { resolveCommit } from '../revisions';
import { fullName, nodeId, type CheckRun, type CommitStatus } from '../world';
import { api, html, repoApi } from './addresses';
import { simpleUserByLogin } from './people';
import { repositoryBody } from './repository';

export const checkOperations: Record<string, RepositoryOperation> = {
  'checks/list-for-ref': {
    needs: ['checks', 'read'],
    run: async (context) => {
      const { repository, query } = context;
      const commit = await commitOf(context);
      const ofCommit = repository.checkRuns.filter((run) => run.commit === commit);
      const named = ofCommit.filter(({ name }) => !query.has('check_name') || query.get('check_name') === name);
      const found = query.get('filter') === 'all' ? named : newest(named, ({ name, app }) => `${app.id} ${name}`);
      const path = `/repos/${fullName(repository)}/commits/${commit}/check-runs`;
      const { items, headers } = page(context, path, found);
      const body = { total_count: found.length, check_runs: items.map((run) => checkRunBody(context, run)) };
      return { status: 200, body, headers };
    },
  },
  'repos/get-combined-status-for-ref': {
    needs: ['statuses', 'read'],
    run: async (context) => {
      const { world, repository, actor } = context;
      const commit = await commitOf(context);
      const found = newest(
        repository.statuses.filter((status) => status.commit === commit),
        ({ context: name }) => name,
      );
      const { items, headers } = page(context, `/repos/${fullName(repository)}/commits/${commit}/status`, found);
      const says = (state: CommitStatus['state']) => found.some((status) => status.state === state);
      const state =
        says('failure') || says('error') ? 'failure' : says('pending') || !found.length ? 'pending' : 'success';
      const commitUrl = repoApi(world, repository, `/commits/${commit}`);
      return {
        ...ok({
          state,
          statuses: items.map((status) => statusBody(context, status)),
          sha: commit,
          total_count: found.length,
          repository: repositoryBody(world, repository, actor),
          commit_url: commitUrl,
          url: `${commitUrl}/status`,
        }),
        headers,
      };
    },
  },
};

async function commitOf(context: RepositoryContext): Promise<string> {
  const { repository, params, refs } = context;
  const ref = params['ref'] ?? '';
  const commit = await resolveCommit(repository, await refs.seen(repository), ref);
  if (!commit) throw invalid(`No commit found for SHA: ${ref}`);
  return commit.oid;
}

/** Of those with the same key the last. */
function newest<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}

function checkRunBody({ world, repository }: RepositoryContext, run: CheckRun) {
  const url = repoApi(world, repository, `/check-runs/${run.id}`);
  const web = html(world, repository, `/runs/${run.id}`);
  const isDone = run.status === 'completed';
  return {
    id: run.id,
    node_id: nodeId('CR', repository.id, run.id),
    external_id: '',
    head_sha: run.commit,
    name: run.name,
    url,
    html_url: web,
    details_url: web,
    status: run.status,
    conclusion: isDone ? run.conclusion : null,
    started_at: '2024-01-01T00:00:00Z',
    completed_at: isDone ? '2024-01-01T00:01:00Z' : null,
    check_suite: { id: run.app.id },
    output: { title: null, summary: null, text: null, annotations_count: 0, annotations_url: `${url}/annotations` },
    pull_requests: [],
    app: {
      id: run.app.id,
      slug: run.app.slug,
      node_id: nodeId('A', run.app.id),
      owner: simpleUserByLogin(world, repository.owner),
      name: run.app.slug,
      description: null,
      external_url: html(world, repository),
      html_url: html(world, repository),
      created_at: repository.createdAt,
      updated_at: repository.createdAt,
      permissions: {},
      events: [],
    },
  };
}

function statusBody({ world, repository }: RepositoryContext, status: CommitStatus) {
  return {
    id: status.id,
    node_id: nodeId('SC', repository.id, status.id),
    url: repoApi(world, repository, `/statuses/${status.commit}`),
    avatar_url: api(world, '/avatar'),
    state: status.state,
    description: null,
    target_url: html(world, repository, `/statuses/${status.id}`),
    context: status.context,
    created_at: '2024-01-01T00:00:00Z',
    updated_at: '2024-01-01T00:01:00Z',
  };
}
