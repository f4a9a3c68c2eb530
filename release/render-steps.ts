/** The checklist of a release in the Web UI: the steps of its plan, and those of the way back. */
import { span } from './moments';
import { stepMark } from './paint';
import { fitted, markdownText } from './plain-text';
import type { ReleaseState, StepState } from './state';

const LONGEST_TEXT = 400;

/** The plan's steps, each with how it is undone as long as that may still happen. */
export function stepsSection(state: ReleaseState): string[] {
  const { steps, plan, phase } = state;
  const planned = steps.filter(({ id }) => isPlanned(state, id));
  if (planned.length === 0) return [];
  const mayBeUndone = phase !== 'ended';
  const undoOf = (id: string) => (mayBeUndone && plan?.steps.find((step) => step.id === id)?.undo) || '';
  return [
    mayBeUndone ? '## Steps, and how each is undone (↩)' : '## Steps',
    '',
    ...planned.flatMap((step) => [
      stepLine(step, stepWord(step, state)),
      ...(undoOf(step.id) && step.status !== 'undone' ? [`    - ↩ ${text(undoOf(step.id))}`] : []),
    ]),
  ];
}

/** What has been put back, what stays, and what is still to come; empty as long as a release goes forward. */
export function wayBackSection(state: ReleaseState): string[] {
  const { steps, undone, undoRecords, phase } = state;
  const done = steps.filter(({ id }) => !isPlanned(state, id));
  const has = (step: string) => steps.some(({ id }) => id === `undo:${step}`);
  const without = undone.filter(({ step }) => !has(step));
  const open = undoRecords.filter(({ step }) => !has(step) && !undone.some((report) => report.step === step));
  if (done.length + without.length === 0) return [];
  return [
    '## The way back',
    '',
    ...done.map((step) => stepLine(step, step.status)),
    ...without.map(({ step, how, detail }) => `- – **${text(step)}** *${how}*${detail ? `: ${text(detail)}` : ''}`),
    ...(phase === 'ended' ? [] : open.reverse().map(({ step }) => `- ☐ **undo of ${text(step)}**`)),
  ];
}

const isPlanned = ({ plan }: ReleaseState, id: string): boolean => !plan || plan.steps.some((step) => step.id === id);

const personsWords: readonly string[] = ['REJECTED', 'ROLLBACK_REQUESTED', 'CANCELLED'];

/** How a step of the way forward stands: one that a person broke off did not fail. */
export function stepWord({ status }: StepState, { failure }: ReleaseState): StepState['status'] | 'broken off' {
  return status === 'failed' && failure && personsWords.includes(failure.code) ? 'broken off' : status;
}

function stepLine(step: StepState, word: string): string {
  const took = span(step.startedAt, step.endedAt);
  const words =
    { done: took && `(${took})`, failed: '**FAILED**', running: '*runs now*', waiting: '' }[word] ?? `*${word}*`;
  const sign = step.status === 'waiting' ? '☐' : stepMark(step.status).sign;
  return `- ${sign} **${text(step.title)}**${words && ` ${words}`}${step.detail ? `: ${text(step.detail)}` : ''}`;
}

const text = (value: string): string => markdownText(fitted(value, LONGEST_TEXT));
