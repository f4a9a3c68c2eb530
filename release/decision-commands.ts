import type { DecisionKind } from './decision';

/** The command that sends a decision of each kind, behind `slipway`. */
export const commandNames: Readonly<Record<DecisionKind, string>> = {
  approve: 'approve',
  reject: 'reject',
  pause: 'pause',
  resume: 'resume',
  skipWait: 'skip-wait',
  rollback: 'rollback',
  resolve: 'resolve',
  override: 'override',
  tick: 'checklist',
  untick: 'checklist',
};
