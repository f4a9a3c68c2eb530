/** The states of a release and which may follow which: one table, asked before every change of state. */

export const phases = [
  'looking',
  'awaiting approval',
  'waiting for window',
  'waiting for lock',
  'looking again',
  'backing up',
  'migrating',
  'verifying',
  'moving',
  'going live',
  'smoke',
  'monitoring',
  'finishing',
  'rolling back',
  'proving',
  'needs attention',
  'ended',
] as const;
export type Phase = (typeof phases)[number];

/** How a release ended. */
export const outcomes = [
  /** The version is live. */
  'finished',
  /** Something had changed, and all of it was put back and proven. */
  'rolled back',
  /** A person said no before anything had changed. */
  'rejected',
  /** It failed before anything had changed. */
  'stopped',
  /** It was cancelled, and what had changed was put back. */
  'cancelled',
  /** A person ended it with something left as it was; what differs is recorded as drift. */
  'abandoned',
] as const;
export type Outcome = (typeof outcomes)[number];

/** Whether a release that ended so never changed anything: what it saw may be old news. */
export function changedNothing({ outcome }: { readonly outcome: Outcome }): boolean {
  return outcome === 'rejected' || outcome === 'stopped';
}

/** Every phase may also go to `rolling back` or `ended` (failure, rejection, cancellation), which is not repeated here. */
const next: Readonly<Record<Phase, readonly Phase[]>> = {
  looking: ['awaiting approval', 'waiting for window', 'waiting for lock'],
  // People may be asked before migrating, before moving and after the smoke checks.
  'awaiting approval': ['waiting for window', 'waiting for lock', 'moving', 'going live', 'monitoring', 'finishing'],
  // Back to `looking`: a gate was pending again when it left the environment; to approval: an item was unticked.
  'waiting for window': ['looking', 'awaiting approval', 'waiting for lock', 'migrating', 'moving'],
  'waiting for lock': ['looking again'],
  'looking again': [
    // A gate is pending again.
    'looking',
    'awaiting approval',
    'waiting for window',
    'backing up',
    'migrating',
    'verifying',
    'moving',
    'going live',
  ],
  'backing up': ['waiting for window', 'migrating'],
  migrating: ['waiting for window', 'verifying', 'awaiting approval', 'moving', 'going live'],
  verifying: ['waiting for window', 'awaiting approval', 'moving', 'going live'],
  moving: ['going live'],
  'going live': ['smoke', 'awaiting approval', 'monitoring', 'finishing'],
  smoke: ['awaiting approval', 'monitoring', 'finishing'],
  monitoring: ['finishing'],
  finishing: [],
  'rolling back': ['proving', 'needs attention'],
  proving: ['rolling back', 'needs attention'],
  'needs attention': ['rolling back', 'proving'],
  ended: [],
};

/** Whether a release may go from one phase to another. */
export function mayFollow(from: Phase, to: Phase): boolean {
  if (from === 'ended') return false;
  if (to === 'ended' || to === 'rolling back' || to === 'needs attention') return true;
  return from === to || next[from].includes(to);
}
