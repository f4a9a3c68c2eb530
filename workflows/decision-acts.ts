/** What each decision does to a release, once it is known who sent it. */
import { mayApprove } from '../release/approval';
import type { Decision, DecisionKind } from '../release/decision';
import { judgeApproval } from '../release/judge-approval';
import { actOf, refuseAct, whoMay } from '../release/may';
import { samePerson } from '../release/people';
import { approvalCase } from './approvals';
import { tick } from './checklists';
import { override } from './overrides';
import { refuseClaim } from './claims';
import type { ReleaseRun } from './release-run';

/** Does what a decision asks for; returns one sentence why not, if it may not or cannot be done. */
export function actOn(run: ReleaseRun, decision: Decision): string | undefined {
  return mayNot(run, decision) ?? act[decision.kind](run, decision);
}

/** The kinds of which only the one who acts on them knows what they are about, and so whether that needs a signature. */
const judgedLater: ReadonlySet<DecisionKind> = new Set<DecisionKind>(['override', 'tick', 'untick']);

function mayNot(run: ReleaseRun, decision: Decision): string | undefined {
  const { kind, person, teams } = decision;
  const act = actOf(kind);
  const no = act && refuseAct(run.input.project, run.environment, act, person, teams);
  return no ?? (judgedLater.has(kind) ? undefined : refuseClaim(run, decision));
}

/** Does what a decision asks for, or returns one sentence why not. */
type Do = (run: ReleaseRun, decision: Decision) => string | undefined;

const act: Readonly<Record<DecisionKind, Do>> = {
  approve: (run, decision) => {
    const { plan, phase, approvals } = run.state;
    if (phase === 'ended') return ended(run);
    if (!plan || phase === 'looking') return 'there is no plan yet: approve it when it is shown';
    const { place } = run.state;
    if (phase !== 'awaiting approval' || !place) return `nothing waits for approval (it is ${phase})`;
    if (!isForward(run)) return notForward(run);
    const judged = judgeApproval(approvalCase(run, place), decision);
    if ('refused' in judged) return judged.refused;
    const { person: by, id: decisionId, comment, proof, teams } = decision;
    const at = new Date().toISOString();
    const approval = { by, digest: plan.digest, decisionId, comment, at, proof, place, counts: judged.counts };
    approvals.push({ ...approval, ...(teams && { teams }) });
    return undefined;
  },
  reject: (run, decision) => {
    const rules = run.environment.approvals;
    const mayReject =
      samePerson(run.input.project, decision.by, run.input.requestedBy) ||
      rules.length === 0 ||
      rules.some((rule) => mayApprove(rule, decision.person, decision.teams));
    if (!mayReject) {
      const isOpen = whoMay(run.environment, 'rollback').includes('anyone');
      const otherwise = isOpen ? '; `rollback` is open to anyone' : '';
      return `${decision.person} is neither an approver nor the one who asked for it${otherwise}`;
    }
    return stopForward(run, 'REJECTED', decision);
  },
  rollback: (run, decision) => stopForward(run, 'ROLLBACK_REQUESTED', decision),
  pause: (run, { person: by }) => {
    if (!isForward(run)) return notForward(run);
    if (run.state.paused) return `it is paused already, by ${run.state.paused.by}`;
    run.state.paused = { by, until: new Date(Date.now() + run.environment.pauseLimit).toISOString() };
    return undefined;
  },
  resume: (run) => {
    if (!run.state.paused) return 'it is not paused';
    run.state.paused = null;
    return undefined;
  },
  skipWait: (run) => {
    if (!['verifying', 'monitoring', 'proving'].includes(run.state.phase))
      return `there is no wait to skip (it is ${run.state.phase})`;
    run.skipAsked = true;
    return undefined;
  },
  resolve: (run, decision) => {
    if (run.state.phase === 'ended') return ended(run);
    if (!run.state.attention) return `nothing needs a decision (it is ${run.state.phase})`;
    run.resolution = decision;
    return undefined;
  },
  override: (run, decision) => (isForward(run) ? override(run, decision) : notForward(run)),
  tick: (run, decision) => (isForward(run) ? tick(run, decision) : notForward(run)),
  untick: (run, decision) => (isForward(run) ? tick(run, decision) : notForward(run)),
};

/** Stops the forward path, or, where a failure was only reported, lets the rollback begin. */
function stopForward(run: ReleaseRun, code: 'REJECTED' | 'ROLLBACK_REQUESTED', decision: Decision): string | undefined {
  const isReported = run.state.attention?.step === REPORTED_FAILURE;
  if (!isForward(run) && !isReported) return notForward(run);
  run.interrupt(code, { by: decision.person, reason: decision.comment || 'no reason given' });
  if (isReported) run.resolution = decision;
  return undefined;
}

/** The step under which a failure waits for a person where the environment says `onFailure: report`. */
export const REPORTED_FAILURE = 'failure';

const backward = new Set(['rolling back', 'proving', 'needs attention', 'finishing', 'ended']);
/** Whether it still goes forward: nothing has failed, and nobody has told it to stop. */
export const isForward = ({ interruption, state }: ReleaseRun): boolean =>
  !interruption && !state.failure && !backward.has(state.phase);

function notForward(run: ReleaseRun): string {
  if (run.state.phase === 'ended') return ended(run);
  if (run.state.phase === 'finishing') return 'it has succeeded and is finishing';
  if (run.state.undoRecords.length > 0) return 'it is rolling back already';
  return `it is ending already: ${(run.interruption ?? run.state.failure)?.message ?? 'it goes forward no more'}`;
}

const ended = (run: ReleaseRun): string =>
  `it is finished (${run.state.result?.outcome ?? 'ended'}): your decision was not counted`;
