import { decisionKinds, examplePayload, resolveActions, type DecisionKind, type ResolveAction } from './decision';
import type { Plan } from './plan';
import type { ReleaseState } from './state';

/** How one decision is sent by hand. */
export interface HowToSend {
  /** The name of the signal. */
  readonly kind: DecisionKind;
  /** Tells apart decisions of the same kind: what a `resolve` says; empty for all others. */
  readonly action: ResolveAction | '';
  /** What it does, in a few words. */
  readonly does: string;
  /** JSON to paste as the input of the signal in the Web UI. */
  readonly payload: string;
  /** The command that does the same. */
  readonly command: string;
}

/** The step of which a person is asked when `onFailure: report` stops before the first undo. */
const REPORTED = 'failure';

const effects: Readonly<Record<Exclude<DecisionKind, 'resolve'>, string>> = {
  approve: 'say yes to this very plan',
  reject: 'say no; what has changed is put back',
  pause: 'stop before the next change',
  resume: 'go on',
  skipWait: 'end this wait now',
  rollback: 'put everything back',
  override: 'let this one release pass, although the calendar is closed; this is said wherever it is shown',
};

const commandNames: Readonly<Record<DecisionKind, string>> = {
  approve: 'approve',
  reject: 'reject',
  pause: 'pause',
  resume: 'resume',
  skipWait: 'skip-wait',
  rollback: 'rollback',
  resolve: 'resolve',
  override: 'override',
};

/** What can be sent to end the release's wait, in the order in which the release names it. */
export function whatToSend(state: ReleaseState): HowToSend[] {
  const { waitingFor, attention, release } = state;
  const named = attention?.step === REPORTED ? ['rollback', 'resolve'] : (waitingFor?.send ?? []);
  return decisionKinds
    .filter((kind) => named.includes(kind))
    .sort((a, b) => named.indexOf(a) - named.indexOf(b))
    .flatMap((kind) =>
      kind === 'resolve' ? howToResolve(release.id, attention?.step ?? '') : [howToSend(kind, state)],
    );
}

function howToSend(kind: Exclude<DecisionKind, 'resolve'>, { release, plan, undoRecords }: ReleaseState): HowToSend {
  const acknowledge = kind === 'approve' ? (plan?.acknowledgements.map((item) => item.id) ?? []) : [];
  return {
    kind,
    action: '',
    does: kind === 'reject' && undoRecords.length === 0 ? 'say no; nothing has been changed' : effects[kind],
    payload: kind === 'approve' && mustSign(plan) ? signedPayload : examplePayload(kind, plan?.digest, acknowledge),
    command: [
      `slipway ${commandNames[kind]} ${release.id}`,
      ...(kind === 'override' ? ['calendar'] : []),
      ...options(kind, plan),
      ...acknowledge.map((item) => `--acknowledge ${item}`),
    ].join(' '),
  };
}

/** Whether no approval counts that is not signed. */
const mustSign = (plan: Plan | null): boolean =>
  plan !== null && plan.approvals.length > 0 && plan.approvals.every(({ signed }) => signed === 'required');

const signedPayload = JSON.stringify({
  by: '<you>',
  digest: '<all of it>',
  signature: '<all this is printed by the command below with --print-payload>',
});

function options(kind: DecisionKind, plan: Plan | null): string[] {
  if (kind === 'approve') return [`--digest ${plan?.digest.slice(0, 12) ?? 'DIGEST'}`];
  return kind === 'reject' || kind === 'rollback' || kind === 'override' ? ['--reason "why"'] : [];
}

/** The ways on from a step that cannot: each with what it means for this very step. */
function howToResolve(id: string, step: string): HowToSend[] {
  const actions = step === REPORTED ? (['abandon'] as const) : resolveActions;
  return actions.map((action) => ({
    kind: 'resolve',
    action,
    does: resolveEffect(action, step),
    payload: JSON.stringify({ by: '<you>', action, ...(action === 'retry' ? {} : { reason: '<why>' }) }),
    command: `slipway resolve ${id} ${action}${action === 'retry' ? '' : ' --reason "why"'}`,
  }));
}

function resolveEffect(action: ResolveAction, step: string): string {
  switch (action) {
    case 'retry':
      return 'try it again, once you have mended what stopped it';
    case 'skip':
      return `${skipEffect(step)}, and go on`;
    case 'done':
      return step === 'prove' ? 'you have seen yourself that the old version runs; go on' : 'you did it by hand; go on';
    case 'abandon':
      return step === REPORTED
        ? 'leave everything as it is now; it is recorded as drift'
        : 'undo nothing more; what is not back yet is recorded as drift';
  }
}

function skipEffect(step: string): string {
  if (step.startsWith('undo:migrate:')) return 'keep the schema as it is, recorded as schema debt';
  if (step.startsWith('undo:move:')) return 'leave this pointer where it is, recorded as drift';
  return step === 'prove' ? 'do without the proof' : 'do without it';
}
