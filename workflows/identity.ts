/** Who a decision is by, as far as that must be proven before it can be judged. */
import { CancellationScope, workflowInfo } from '@temporalio/workflow';
import type { Proof, ProofInput } from '../activities/contract';
import type { Decision } from '../release/decision';
import { questionSignature } from '../release/signature';
import { reportOf } from './failure';
import { activity } from './proxies';
import type { ReleaseRun } from './release-run';

/**
 * What has to be asked about the sender of a decision; undefined = nothing. Where it is clear without asking that its
 * signature does not count, one sentence why.
 */
export function questionSender(
  { input: { project } }: ReleaseRun,
  decision: Decision,
): { readonly refused: string } | { readonly ask: ProofInput } | undefined {
  const { signature, kind, id } = decision;
  if (!signature) return undefined;
  const { workflowId, runId } = workflowInfo();
  const recipient = { id: workflowId, runId };
  const judged = questionSignature(project, recipient, decision, signature, Date.now());
  if ('refused' in judged) return judged;
  const repository = Object.values(project.services).find((service) => service.repository.github)?.repository ?? null;
  return {
    ask: { recipient, decision: { kind, id }, signature: { ...signature, ...judged.question }, repository },
  };
}

/** Asks. Whatever goes wrong with the asking is no word on the sender. */
export async function askForProof(ask: ProofInput, by: string): Promise<Proof> {
  try {
    return await CancellationScope.nonCancellable(() => activity.proveDecision(ask, `Prove who decided: ${by}`));
  } catch (error) {
    const report = reportOf(error);
    if (!report) throw error;
    return { verdict: 'unknown', detail: report.message };
  }
}

/** A decision whose proof was found. */
export function proven(decision: Decision, ask: ProofInput): Decision {
  return { ...decision, proof: 'signed', key: ask.signature.fingerprint };
}
