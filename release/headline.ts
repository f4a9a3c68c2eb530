/** The state of a release in a sentence, the same words wherever it is shown. */
import { moment } from './moments';
import { oneLine } from './plain-text';
import type { Outcome, Phase } from './phase';
import type { ReleaseState, ServiceResult } from './state';

const phaseWords: Readonly<Record<Phase, string>> = {
  looking: 'looks at what is there',
  'awaiting approval': 'waits for approval',
  'waiting for window': 'waits for the calendar',
  'waiting for lock': 'waits for the environment',
  'looking again': 'looks again before the first change',
  'backing up': 'is making a backup',
  migrating: 'is migrating',
  verifying: 'is being verified',
  moving: 'is moving the pointers',
  'going live': 'waits until it is live',
  smoke: 'runs the smoke checks',
  monitoring: 'is being monitored',
  finishing: 'is finishing',
  'rolling back': 'is rolling back',
  proving: 'is proving that the old version runs',
  'needs attention': 'NEEDS ATTENTION',
  ended: 'has ended',
};

const outcomeWords: Readonly<Record<Outcome, string>> = {
  finished: 'is released',
  'rolled back': 'was rolled back',
  rejected: 'was rejected; nothing was changed',
  stopped: 'stopped before anything was changed',
  cancelled: 'was cancelled; what had changed was put back',
  abandoned: 'was abandoned; what differs is recorded as drift',
};

/** What the release is doing, or how it ended: `1.2.0 → production waits for approval`. */
export function headline(state: ReleaseState): string {
  const { version, environment } = state.release;
  const what = state.result ? outcomeWords[state.result.outcome] : doingWords(state);
  const paused = state.paused ? ` (paused by ${oneLine(state.paused.by)} until ${moment(state.paused.until)})` : '';
  return `${version} → ${environment} ${what}${paused}`;
}

/** A look that waits does nothing but that. */
const doingWords = ({ phase, waitingFor }: ReleaseState): string =>
  phase === 'looking' && waitingFor ? 'waits for its gates' : phaseWords[phase];

/** What the release is doing, for a list. */
export function phaseWord(phase: Phase): string {
  return phaseWords[phase];
}

/** How a release ended, for a list. */
export function outcomeWord(outcome: Outcome): string {
  return outcomeWords[outcome];
}

/** What became of a service, in a line. */
export function serviceResultWords({ service, how, commit, live }: ServiceResult): string {
  const seen = live ? `; live: ${oneLine(live)}` : '';
  return `${service}: ${how}${how === 'released' ? ` (${commit.slice(0, 10)})` : ''}${seen}`;
}
