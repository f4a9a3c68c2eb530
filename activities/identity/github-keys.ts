import { keyOf } from '../../release/ssh-key';
import { readSignature } from '../../release/ssh-signature';
import type { Proof, ProofInput } from '../contract';
import { GitHubRepository } from '../github/repository';
import type { Attempt, Surroundings } from '../surroundings';

/** Milliseconds that GitHub may take to say what keys somebody has: the sender waits for it. */
const PATIENCE = 10_000;

/** Whether the key of a signature is one that GitHub knows as its login's, for logging in or for signing. */
export async function keyAtGitHub(
  { signature: { ssh, login, fingerprint }, repository }: ProofInput,
  { lookup }: Surroundings,
  { signal }: Attempt,
): Promise<Proof> {
  const unknown = (detail: string): Proof => ({
    verdict: 'unknown',
    detail: `GitHub did not tell ${login}’s keys: ${detail}`,
  });
  const limit = AbortSignal.timeout(PATIENCE);
  const github = repository && GitHubRepository.of(repository, lookup, AbortSignal.any([signal, limit]));
  if (!github) return unknown('no repository of this release says how to reach it');
  try {
    const asked = await github.ask(async ({ reading }) => {
      const { users } = reading.rest;
      const options = { username: login, per_page: 100, request: { signal: limit } };
      const [known, signing] = await Promise.all([
        reading.paginate(users.listPublicKeysForUser, options),
        reading.paginate(users.listSshSigningKeysForUser, options),
      ]);
      return [...known, ...signing].map(({ key }) => keyOf(key)?.blob);
    });
    if ('value' in asked) {
      if (asked.value.includes(readSignature(ssh)?.key.blob)) return { verdict: 'passed', detail: '' };
      return { verdict: 'failed', detail: `it is signed with ${fingerprint}, which is no key of ${login} at GitHub` };
    }
    const { failure } = asked;
    if (failure.kind === 'missing') return { verdict: 'failed', detail: `GitHub knows no user ${login}` };
    return unknown(failure.kind === 'limit' ? `its limit is reached (${failure.detail})` : failure.detail);
  } catch (error) {
    signal.throwIfAborted();
    if (!limit.aborted) throw error;
    return unknown('no answer in time');
  }
}
