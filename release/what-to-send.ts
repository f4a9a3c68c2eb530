import { approvalStandings, guardOf, isComplete } from './approval';
import { placeOf } from './approval-place';
import { approvalPlaces, type ApprovalPlace } from './rule-words';
import {
  decisionKinds,
  examplePayload,
  isOfChecklist,
  resolveActions,
  type DecisionKind,
  type ResolveAction,
} from './decision';
import { commandNames } from './decision-commands';
import { missingAcknowledgements } from './judge-approval';
import type { Plan } from './plan';
import { gatesToOverride, guardOfGate } from './soft-gates';
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

const effects: Readonly<Record<Exclude<DecisionKind, 'resolve' | 'override'>, string>> = {
  approve: 'say yes to this very plan',
  reject: 'say no; what has changed is put back',
  pause: 'stop before the next change',
  resume: 'go on',
  skipWait: 'end this wait now',
  rollback: 'put everything back',
  tick: 'say that an item of the checklist is done',
  untick: 'take that back',
};

/** What can be sent to end the release's wait, in the order in which the release names it. */
export function whatToSend(state: ReleaseState): HowToSend[] {
  const { waitingFor, attention } = state;
  const named = attention?.step === REPORTED ? ['rollback', 'resolve'] : (waitingFor?.send ?? []);
  return decisionKinds
    .filter((kind) => named.includes(kind))
    .sort((a, b) => named.indexOf(a) - named.indexOf(b))
    .flatMap((kind) => {
      if (kind === 'resolve') return howToResolve(state, attention?.step ?? '');
      return kind === 'override' ? howToOverride(state) : [howToSend(kind, state)];
    });
}

/** One way for each guard that holds the release now. */
function howToOverride(state: ReleaseState): HowToSend[] {
  return openGuards(state).map((guard) => ({
    kind: 'override',
    action: '',
    does: `let this one release pass ${guard}; this is said wherever it is shown`,
    payload: JSON.stringify({
      by: '<you>',
      guard,
      reason: '<why>',
      ...(mustSignAbout(state, 'override', guard) && signature),
    }),
    command: `slipway override ${state.release.id} ${guard} --reason "why"`,
  }));
}

/** Soft guards that hold the release now. */
function openGuards(state: ReleaseState): string[] {
  const { place, plan, gates, overrides } = state;
  if (!place || !plan) return ['calendar'];
  const rules = approvalStandings(plan, state, place).filter(
    (standing) => standing.rule.guard === 'soft' && !standing.overridden && !isComplete(standing),
  );
  return [
    ...(place === 'before-migrating' ? gatesToOverride(gates, overrides).map(guardOfGate) : []),
    ...rules.map(({ rule }) => guardOf(rule)),
  ];
}

function howToSend(kind: Exclude<DecisionKind, 'resolve' | 'override'>, state: ReleaseState): HowToSend {
  const { release, plan, undoRecords } = state;
  const command = `slipway ${commandNames[kind]} ${release.id}`;
  const does = kind === 'reject' && undoRecords.length === 0 ? 'say no; nothing has been changed' : effects[kind];
  if (isOfChecklist(kind)) {
    const item = state.checklist?.find(({ tick, place }) => !tick && place === (state.place ?? approvalPlaces[0]));
    const isSigned = mustSignAbout(state, kind, item?.list ?? '');
    const digest = isSigned ? '<all of it>' : plan?.digest.slice(0, 12);
    const payload = JSON.stringify({ by: '<you>', item: item?.n ?? 1, digest, ...(isSigned && signature) });
    return { kind, action: '', does, payload, command: `${command} --${kind} ${item?.n ?? 1}` };
  }
  if (kind !== 'approve' || !plan) {
    return {
      kind,
      action: '',
      does,
      payload: mustSignKind(state, kind)
        ? JSON.stringify({ by: '<you>', reason: '<why>', ...signature })
        : examplePayload(kind),
      command: [command, ...options(kind, plan)].join(' '),
    };
  }
  const place = state.place ?? 'before-migrating';
  const acknowledge = missingAcknowledgements(plan, place).map(({ id }) => id);
  const comment = approvalStandings(plan, state, place).some(({ rule }) => rule.comment === 'required');
  const said = {
    ...{ by: '<you>', digest: plan.digest.slice(0, 12) },
    ...(acknowledge.length > 0 && { acknowledge }),
    ...(comment && { comment: '<what you have looked at>' }),
  };
  return {
    ...{ kind, action: '', does },
    payload: mustSign(plan, place) ? signedPayload : JSON.stringify(said),
    command: [
      ...[command, ...options(kind, plan)],
      ...acknowledge.map((item) => `--acknowledge ${item}`),
      ...(comment ? ['--comment "what you have looked at"'] : []),
    ].join(' '),
  };
}

/** A rejection is an answer to the approvals: whoever is asked by signed ones only says no signed too. */
function mustSignKind({ plan, signedKinds }: ReleaseState, kind: DecisionKind): boolean {
  return signedKinds?.includes(kind) === true || (kind === 'reject' && plan !== null && mustSign(plan));
}

/** Whether no approval counts that is not signed; of one place only, if it is given. */
function mustSign({ approvals }: Plan, place?: ApprovalPlace): boolean {
  const rules = approvals.filter((rule) => place === undefined || placeOf(rule) === place);
  return rules.length > 0 && rules.every(({ signed }) => signed === 'required');
}

/** What only a signature may give is not taken away by a claim. */
function mustSignAbout({ plan, signedKinds }: ReleaseState, kind: DecisionKind, about: string): boolean {
  const rule = plan?.approvals.find((each) => guardOf(each) === about);
  if (rule?.signed === 'required') return true;
  return signedKinds?.includes(kind) === true && !(kind === 'override' && rule);
}

const signature = { signature: '<all this is printed by the command below with --print-payload>' };

const signedPayload = JSON.stringify({ by: '<you>', digest: '<all of it>', ...signature });

function options(kind: DecisionKind, plan: Plan | null): string[] {
  if (kind === 'approve') return [`--digest ${plan?.digest.slice(0, 12) ?? 'DIGEST'}`];
  return kind === 'reject' || kind === 'rollback' ? ['--reason "why"'] : [];
}

/** The ways on from a step that cannot: each with what it means for this very step. */
function howToResolve({ release: { id }, signedKinds }: ReleaseState, step: string): HowToSend[] {
  const actions = step === REPORTED ? (['abandon'] as const) : resolveActions;
  return actions.map((action) => ({
    kind: 'resolve',
    action,
    does: resolveEffect(action, step),
    payload: JSON.stringify({
      ...{ by: '<you>', action },
      ...(action !== 'retry' && { reason: '<why>' }),
      ...(signedKinds?.includes('resolve') && signature),
    }),
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
