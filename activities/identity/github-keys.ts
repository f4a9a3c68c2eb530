import type { Finding } from '../../release/facts';
import type { Repository } from '../../release/project';
import { keyOf } from '../../release/ssh-key';
import { readSignature } from '../../release/ssh-signature';
import type { ProofInput } from '../contract';
import type { Attempt, Surroundings } from '../surroundings';
import { askGitHub } from './ask-github';

/** Whether the key of a signature is one that GitHub knows as its login's, for logging in or for signing. */
export async function keyAtGitHub(
  { ssh, login, fingerprint }: NonNullable<ProofInput['signature']>,
  repository: Repository | null,
  surroundings: Surroundings,
  attempt: Attempt,
): Promise<Finding> {
  const told = await askGitHub(repository, surroundings, attempt, async (octokit, request) => {
    const { users } = octokit.rest;
    const options = { username: login, per_page: 100, request };
    const [known, signing] = await Promise.all([
      octokit.paginate(users.listPublicKeysForUser, options),
      octokit.paginate(users.listSshSigningKeysForUser, options),
    ]);
    return [...known, ...signing].map(({ key }) => keyOf(key)?.blob);
  });
  if ('unknown' in told) return { verdict: 'unknown', detail: `GitHub did not tell ${login}’s keys: ${told.unknown}` };
  if ('missing' in told) return { verdict: 'failed', detail: `GitHub knows no user ${login}` };
  if (told.value.includes(readSignature(ssh)?.key.blob)) return { verdict: 'passed', detail: '' };
  return { verdict: 'failed', detail: `it is signed with ${fingerprint}, which is no key of ${login} at GitHub` };
}
