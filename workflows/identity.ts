/** Who a decision is by, as far as that must be proven before it can be judged. */
import { CancellationScope, workflowInfo } from '@temporalio/workflow';
import type { Proof, ProofInput } from '../activities/contract';
import { isOfChecklist, type Decision } from '../release/decision';
import { mayApprove } from '../release/approval';
import { actOf, refuseAct, whoMay, type Allowing } from '../release/may';
import type { Act } from '../release/acts';
import { gitHubTeamsIn, namesPeople, personCalled, type WhoIsWho } from '../release/people';
import { questionSignature } from '../release/signature';
import { reportOf } from './failure';
import { activity } from './proxies';
import type { ReleaseRun } from './release-run';

/**
 * What has to be asked about the sender of a decision; undefined = nothing. Where it is clear without asking that its
 * signature does not count, one sentence why.
 */
export function questionSender(
  run: ReleaseRun,
  decision: Decision,
): { readonly refused: string } | { readonly ask: ProofInput } | undefined {
  const { project } = run.input;
  const { signature, kind, id } = decision;
  const tickers = (run.environment.gates ?? []).flatMap((gate) => (gate.kind === 'manual' ? gate.by : []));
  const membership = membershipOf(project, run.environment, decision.by, {
    act: actOf(kind),
    ...(isOfChecklist(kind) && { named: tickers }),
  });
  if (!signature && membership.teams.length === 0) return undefined;
  const { workflowId, runId } = workflowInfo();
  const recipient = { id: workflowId, runId };
  const judged = signature && questionSignature(project, recipient, decision, signature, Date.now());
  if (judged && 'refused' in judged) return judged;
  const repository = Object.values(project.services).find((service) => service.repository.github)?.repository ?? null;
  return {
    ask: {
      recipient,
      decision: { kind, id },
      signature: judged && { ...signature, ...judged.question },
      membership,
      repository,
    },
  };
}

/** The teams of GitHub that would let somebody decide who may not by name. Without an act those of `named` decide. */
export function membershipOf(
  project: WhoIsWho,
  environment: Allowing,
  by: string,
  { act, named }: { readonly act?: Act | undefined; readonly named?: readonly string[] },
): ProofInput['membership'] {
  const person = personCalled(project, by);
  const login = person?.github ?? (namesPeople(project) ? undefined : by);
  // Who is named in a rule need not be in a team for it.
  const name = person?.name ?? by;
  const approvers = environment.approvals.flatMap((rule) => (mayApprove(rule, name) ? [] : rule.approvers));
  const mayAct = act && whoMay(environment, act).flatMap((who) => (who === 'approvers' ? approvers : [who]));
  const list = mayAct ?? named ?? approvers;
  const isAskedFor = login !== undefined && person?.bot !== true;
  const mayAnyway = act !== undefined && refuseAct(project, environment, act, by) === undefined;
  if (!isAskedFor || mayAnyway) return { login: '', teams: [] };
  return { login, teams: gitHubTeamsIn(project, list).map(({ name, github }) => ({ name, ...github })) };
}

/** Asks. Whatever goes wrong with the asking is no word on the sender. */
export async function askForProof(ask: ProofInput, by: string): Promise<Proof> {
  try {
    return await CancellationScope.nonCancellable(() => activity.proveDecision(ask, `Prove who decided: ${by}`));
  } catch (error) {
    const report = reportOf(error);
    if (!report) throw error;
    return { verdict: 'unknown', detail: report.message, teams: [] };
  }
}

/** A decision with what was found out about its sender. */
export function proven(decision: Decision, { signature }: ProofInput, { teams }: Proof): Decision {
  const known = teams.length > 0 ? { ...decision, teams } : decision;
  return signature ? { ...known, proof: 'signed', key: signature.fingerprint } : known;
}
