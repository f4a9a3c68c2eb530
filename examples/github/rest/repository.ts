/** A repository in the form of the REST interface. */
import { permissionsOf } from '../roles';
import { fullName, nodeId, type Repository, type World } from '../world';
import type { Actor } from '../credentials';
import { html, repoApi } from './addresses';
import { simpleUserByLogin } from './people';

const plain =
  'contributors deployments downloads events forks hooks languages merges stargazers subscribers subscription tags teams';
const templated = {
  archive: '/{archive_format}{/ref}',
  assignees: '/assignees{/user}',
  blobs: '/git/blobs{/sha}',
  branches: '/branches{/branch}',
  collaborators: '/collaborators{/collaborator}',
  comments: '/comments{/number}',
  commits: '/commits{/sha}',
  compare: '/compare/{base}...{head}',
  contents: '/contents/{+path}',
  git_commits: '/git/commits{/sha}',
  git_refs: '/git/refs{/sha}',
  git_tags: '/git/tags{/sha}',
  issue_comment: '/issues/comments{/number}',
  issue_events: '/issues/events{/number}',
  issues: '/issues{/number}',
  keys: '/keys{/key_id}',
  labels: '/labels{/name}',
  milestones: '/milestones{/number}',
  notifications: '/notifications{?since,all,participating}',
  pulls: '/pulls{/number}',
  releases: '/releases{/id}',
  statuses: '/statuses/{sha}',
  trees: '/git/trees{/sha}',
};

/** A `repository`, which is also most of a `full-repository`. */
export function repositoryBody(world: World, repository: Repository, actor: Actor) {
  const addresses = [
    ...plain.split(' ').map((name): [string, string] => [name, `/${name}`]),
    ...Object.entries(templated),
  ].map(([name, path]) => [`${name}_url`, repoApi(world, repository, path)]);
  const web = html(world, repository);
  return {
    id: repository.id,
    node_id: nodeId('R', repository.id),
    name: repository.name,
    full_name: fullName(repository),
    owner: simpleUserByLogin(world, repository.owner),
    private: repository.visibility === 'private',
    visibility: repository.visibility,
    html_url: web,
    url: repoApi(world, repository),
    description: null,
    fork: false,
    ...(Object.fromEntries(addresses) as Record<string, string>),
    git_url: web.replace(/^http/, 'git') + '.git',
    clone_url: `${web}.git`,
    ssh_url: `git@127.0.0.1:${fullName(repository)}.git`,
    svn_url: web,
    homepage: null,
    language: null,
    mirror_url: null,
    license: null,
    default_branch: repository.defaultBranch,
    archived: repository.archived,
    disabled: false,
    ...counts,
    ...features,
    created_at: repository.createdAt,
    updated_at: repository.createdAt,
    pushed_at: repository.createdAt,
    permissions: permissionsOf(actor),
  };
}

const counts = {
  size: 0,
  forks: 0,
  forks_count: 0,
  open_issues: 0,
  open_issues_count: 0,
  stargazers_count: 0,
  watchers: 0,
  watchers_count: 0,
};

const features = {
  has_issues: true,
  has_projects: false,
  has_wiki: false,
  has_pages: false,
  has_downloads: true,
  has_discussions: false,
};
