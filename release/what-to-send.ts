import { decisionKinds, examplePayload, type DecisionKind } from './decision';
import type { Plan } from './plan';
import type { ReleaseState } from './state';

/** How one decision is sent by hand. */
export interface HowToSend {
  readonly kind: DecisionKind;
  /** What it does, in a few words. */
  readonly does: string;
  /** JSON to paste as the input of the signal in the Web UI. */
  readonly payload: string;
  /** The command that does the same. */
  readonly command: string;
}

const effects: Readonly<Record<DecisionKind, string>> = {
  approve: 'say yes to this very plan',
  reject: 'say no; what has changed is put back',
  pause: 'stop before the next change',
  resume: 'go on',
  skipWait: 'end this wait now',
  rollback: 'put everything back',
  resolve: 'say what becomes of the step that cannot go on',
};

const commandNames: Readonly<Record<DecisionKind, string>> = {
  approve: 'approve',
  reject: 'reject',
  pause: 'pause',
  resume: 'resume',
  skipWait: 'skip-wait',
  rollback: 'rollback',
  resolve: 'resolve',
};

/** What can be sent to end the release's wait, in the order in which the release names it. */
export function whatToSend(state: ReleaseState): HowToSend[] {
  const named = state.waitingFor?.send ?? [];
  return decisionKinds
    .filter((kind) => named.includes(kind))
    .sort((a, b) => named.indexOf(a) - named.indexOf(b))
    .map((kind) => howToSend(kind, state.release.id, state.plan));
}

/** How a decision of `kind` is sent to release `id`. */
export function howToSend(kind: DecisionKind, id: string, plan: Plan | null): HowToSend {
  const acknowledge = kind === 'approve' ? (plan?.acknowledgements.map((item) => item.id) ?? []) : [];
  return {
    kind,
    does: effects[kind],
    payload: examplePayload(kind, plan?.digest, acknowledge),
    command: [
      `slipway ${commandNames[kind]} ${id}`,
      ...words(kind, plan),
      ...acknowledge.map((item) => `--acknowledge ${item}`),
    ].join(' '),
  };
}

function words(kind: DecisionKind, plan: Plan | null): string[] {
  switch (kind) {
    case 'approve':
      return [`--digest ${plan?.digest.slice(0, 12) ?? 'DIGEST'}`];
    case 'resolve':
      return ['retry|skip|done|abandon', '--reason "why"'];
    case 'reject':
    case 'rollback':
      return ['--reason "why"'];
    case 'pause':
    case 'resume':
    case 'skipWait':
      return [];
  }
}
