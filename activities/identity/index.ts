import { tooLate } from '../../release/signature';
import type { Proof, ProofInput } from '../contract';
import type { Attempt, Surroundings } from '../surroundings';
import { keyAtGitHub } from './github-keys';
import { verifySignature } from './verify-signature';

/** Who a decision is by, as far as that can be proven. */
export function createIdentityActivities(surroundings: Surroundings) {
  return {
    /**
     * Checks a signature: that it fits, that its key is the person's at GitHub where the rules say so, and that it
     * came in time. Changes nothing. Where there is no answer it says so, and does not fail.
     */
    async proveDecision(input: ProofInput, attempt: Attempt): Promise<Proof> {
      const { text, ssh, fingerprint, keyIsKnown, isOld, at } = input.signature;
      if (!verifySignature(text, ssh)) {
        return failed(
          `its signature (${fingerprint}) does not fit: it was made for another release, decision or time, or for other words`,
        );
      }
      if (!keyIsKnown) {
        const known = await keyAtGitHub(input, surroundings, attempt);
        if (known.verdict !== 'passed') return known;
      }
      if (!isOld) return passed;
      const received = await surroundings.receivedAt(input.recipient, input.decision).catch(() => undefined);
      if (received === undefined) return { verdict: 'unknown', detail: 'Temporal did not say when it came' };
      const late = tooLate(at, received);
      return late === undefined ? passed : failed(late);
    },
  };
}

const passed: Proof = { verdict: 'passed', detail: '' };
const failed = (detail: string): Proof => ({ verdict: 'failed', detail });
