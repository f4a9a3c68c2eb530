import type { GateReport } from './gate';
import type { StepState, TimelineEntry } from './state';
import type { Verdict } from './verdict';

/** Colours for a terminal. Rendering stays pure: whoever prints brings them. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

const as = (text: string): string => text;

/** No colours. */
export const plainPaint: Paint = { bold: as, dim: as, red: as, green: as, yellow: as, cyan: as };

/** A sign, and the name of its colour. */
export interface Mark {
  readonly sign: string;
  readonly colour: keyof Paint;
}

const verdictMarks: Readonly<Record<Verdict, Mark>> = {
  passed: { sign: '✓', colour: 'green' },
  failed: { sign: '✗', colour: 'red' },
  unknown: { sign: '?', colour: 'yellow' },
};

/** The sign of a verdict. */
export function verdictMark(verdict: Verdict): Mark {
  return verdictMarks[verdict];
}

/** The sign of a gate: a soft one that does not pass is a warning, no stop. */
export function gateMark({ verdict, hard }: GateReport): Mark {
  return verdict !== 'passed' && !hard ? { sign: '!', colour: 'yellow' } : verdictMarks[verdict];
}

const stepMarks: Readonly<Record<StepState['status'], Mark>> = {
  waiting: { sign: '·', colour: 'dim' },
  running: { sign: '▸', colour: 'cyan' },
  done: { sign: '✓', colour: 'green' },
  failed: { sign: '✗', colour: 'red' },
  undone: { sign: '↩', colour: 'yellow' },
  skipped: { sign: '–', colour: 'dim' },
};

/** The sign of a step. */
export function stepMark(status: StepState['status']): Mark {
  return stepMarks[status];
}

const entryMarks: Readonly<Record<TimelineEntry['kind'], Mark>> = {
  phase: { sign: '▸', colour: 'cyan' },
  step: { sign: '✓', colour: 'green' },
  decision: { sign: '●', colour: 'bold' },
  failure: { sign: '✗', colour: 'red' },
  undo: { sign: '↩', colour: 'yellow' },
  note: { sign: '·', colour: 'dim' },
};

/** The sign of a line of the timeline. */
export function entryMark(kind: TimelineEntry['kind']): Mark {
  return entryMarks[kind];
}
