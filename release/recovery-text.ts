/** Unfinished releases as people read them. */
import { moment } from './moments';
import { plainPaint, type Mark, type Paint } from './paint';
import { oneLine } from './plain-text';
import type { FoundRelease } from './recovery';
import type { RecoverySight } from './unfinished-release';
import type { StepFound } from './recovery-steps';

/** What is known of one, and what can be done, a line each. */
export function recoveryLines(found: FoundRelease, paint: Paint = plainPaint): string[] {
  const { release, requestedBy, phase, judged, sight } = found;
  const { steps, offers, notes } = judged;
  const width = Math.max(0, ...steps.map(({ step }) => step.length));
  const name = shortReleaseName(release.id);
  const commands = offers.map(
    ({ action }) => `slipway recover ${name} --${action}${action === 'close' ? ' --reason TEXT' : ''}`,
  );
  const commandWidth = Math.max(0, ...commands.map((command) => command.length));
  return [
    paint.bold(release.id),
    `  asked for by ${oneLine(requestedBy)}, ${moment(release.requestedAt)}; its last word: ${phase}. ${lifeWords[sight.life]}`,
    ...steps.map((step) => stepLine(step, width, paint)),
    ...(steps.length === 0 ? [found.isUnread ? '  What it changed is not known.' : '  It had changed nothing.'] : []),
    ...(sight.services.length > 0
      ? [`  Live now: ${sight.services.map(({ service, live }) => `${service} ${oneLine(live)}`).join(', ')}`]
      : []),
    ...notes.map((note) => paint.yellow(`  ${oneLine(note)}`)),
    ...(offers.length > 0 ? ['  What can be done, the best first:'] : []),
    ...offers.map(({ does }, index) => `    ${paint.cyan(commands[index]!.padEnd(commandWidth))}  ${paint.dim(does)}`),
  ];
}

/** `production/1.2.0/1`: what a command takes. */
export function shortReleaseName(id: string): string {
  return id.split('/').slice(2).join('/');
}

const lifeWords: Readonly<Record<RecoverySight['life'], string>> = {
  running: 'It is running.',
  gone: 'Nobody runs it: it was terminated, or Temporal no longer knows it.',
  elsewhere: 'It ran on another Temporal.',
  'could not tell': 'Whether it runs could not be told.',
};

const marks: Readonly<Record<StepFound['found'], Mark>> = {
  'not done': { sign: '·', colour: 'dim' },
  partly: { sign: '▸', colour: 'yellow' },
  done: { sign: '✓', colour: 'green' },
  undone: { sign: '↩', colour: 'yellow' },
  'could not tell': { sign: '?', colour: 'yellow' },
};

function stepLine({ step, found, detail }: StepFound, width: number, paint: Paint): string {
  const { sign, colour } = marks[found];
  return `  ${paint[colour](sign)} ${step.padEnd(width)}  ${found}${detail ? `: ${oneLine(detail)}` : ''}`;
}
