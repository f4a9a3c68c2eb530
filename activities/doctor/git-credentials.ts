import { warn, type Look } from '../../release/doctor';
import type { Repository } from '../../release/project';
import { isActionsJob } from '../github/actions-job';
import { repositoryUrl } from '../repository';
import type { Patient } from './examiner';

/** What kind of login a repository's address carries, by the beginnings that hosts give their tokens. */
export function lookAtCredentials(name: string, repository: Repository, { surroundings }: Patient): Look[] {
  const url = repositoryUrl(surroundings, repository);
  const title = `${name}: credentials`;
  const token = passwordOf(url);
  const isWeb = /^https?:/i.test(url);
  if (token?.startsWith('ghs_') || (isWeb && isActionsJob(surroundings.lookup))) {
    return [
      warn(
        title,
        'a push with the token of a GitHub Actions job starts no workflow, and the token ends with the job',
        'Use a GitHub App of your own, or a token of a user made for releases.',
        'actions-token',
      ),
    ];
  }
  const kind = kinds.find(([beginning]) => token?.startsWith(beginning));
  if (kind === undefined) return [];
  const todo =
    'Write down when it expires, and renew it before: git cannot ask. A deploy key or an app does not expire so.';
  return [warn(title, `${kind[1]} is used; such tokens expire`, todo, 'expiring-token')];
}

const kinds: readonly (readonly [string, string])[] = [
  ['github_pat_', 'a fine-grained token of GitHub'],
  ['ghp_', 'a classic token of GitHub'],
  ['glpat-', 'an access token of GitLab'],
];

function passwordOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { username, password } = new URL(url);
  return password || username || undefined;
}
