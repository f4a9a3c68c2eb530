import type { Finding } from '../../release/facts';
import { tooLate } from '../../release/signature';
import type { Proof, ProofInput } from '../contract';
import type { Attempt, Surroundings } from '../surroundings';
import { keyAtGitHub } from './github-keys';
import { teamsAtGitHub } from './github-teams';
import { verifySignature } from './verify-signature';

/** Who a decision is by, as far as that can be proven. */
export function createIdentityActivities(surroundings: Surroundings) {
  return {
    /**
     * Checks a signature: that it fits, that its key is the person's at GitHub where the rules say so, and that it
     * came in time; then asks in which teams the person is. Changes nothing. Where there is no answer it says so, and
     * does not fail.
     */
    async proveDecision(input: ProofInput, attempt: Attempt): Promise<Proof> {
      const { signature } = input;
      const found = signature ? await proveSignature(input, signature, surroundings, attempt) : passed;
      return found.verdict === 'passed' ? teamsAtGitHub(input, surroundings, attempt) : { ...found, teams: [] };
    },
  };
}

async function proveSignature(
  input: ProofInput,
  signature: NonNullable<ProofInput['signature']>,
  surroundings: Surroundings,
  attempt: Attempt,
): Promise<Finding> {
  const { text, ssh, fingerprint, keyIsKnown, isOld, at } = signature;
  if (!verifySignature(text, ssh)) {
    return failed(
      `its signature (${fingerprint}) does not fit: it was made for another release, decision or time, or for other words`,
    );
  }
  if (!keyIsKnown) {
    const known = await keyAtGitHub(signature, input.repository, surroundings, attempt);
    if (known.verdict !== 'passed') return known;
  }
  if (!isOld) return passed;
  const received = await surroundings.receivedAt(input.recipient, input.decision).catch(() => undefined);
  if (received === undefined) return { verdict: 'unknown', detail: 'Temporal did not say when it came' };
  const late = tooLate(at, received);
  return late === undefined ? passed : failed(late);
}

const passed: Finding = { verdict: 'passed', detail: '' };
const failed = (detail: string): Finding => ({ verdict: 'failed', detail });
