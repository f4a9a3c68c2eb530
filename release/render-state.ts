/** A release's state as lines for `slipway status`, as plain progress, and as the block that a terminal redraws. */
import { overrideWords } from './override';
import { standingLines } from './approval-words';
import { itemWords } from './checklist';
import { headline, serviceResultWords } from './headline';
import { nothingToDo } from './errors';
import { clockTime, moment, remaining, remindedWords, span } from './moments';
import { entryMark, plainPaint, stepMark, verdictMark, type Paint } from './paint';
import { fitted, oneLine } from './plain-text';
import { gateLines } from './render-plan';
import type { ReleaseState, StepState, TimelineEntry } from './state';
import { stopWords } from './stop';
import { verdictWord } from './verdict';
import { voidedWords } from './voided';
import { whatToSend } from './what-to-send';

/** How things are shown: colours, and how a moment is written (the default is UTC). */
export interface Look {
  readonly paint: Paint;
  readonly clock: (iso: string) => string;
}

/** No colours, UTC. */
export const plainLook: Look = { paint: plainPaint, clock: clockTime };

/** Everything that is known of a release, for `slipway status RELEASE`. `now` is ISO 8601. */
export function renderStatus(state: ReleaseState, now: string, look: Look = plainLook): string {
  const { paint } = look;
  const sections = [
    [
      headlineOf(state, paint),
      ...loudLines(state).map(paint.red),
      ...aboutLines(state),
      ...voidedWords(state).map((words) => paint.yellow(oneLine(words))),
    ],
    failureLines(state, paint),
    waitingLines(state, now, paint),
    section('Result', resultLines(state), paint),
    section(
      'Steps',
      state.steps.map((step) => stepLine(step, now, paint)),
      paint,
    ),
    section(
      'Undone',
      state.undone.map(({ step, how, detail }) => `${step}: ${how}${detail ? `: ${oneLine(detail)}` : ''}`),
      paint,
    ),
    section('Gates', gateLines(state.gates, paint), paint),
    section('Checklist', checklistLines(state), paint),
    section('Last checks', checkLines(state, paint), paint),
    section(
      'Decisions',
      state.verdicts.map(({ accepted, detail }) => `${accepted ? 'counted' : 'not counted'}: ${oneLine(detail)}`),
      paint,
    ),
    section(
      'Timeline',
      state.timeline.map((entry) => timelineLine(entry, look)),
      paint,
    ),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** One line of the timeline, as plain progress prints it. */
export function timelineLine({ at, kind, text }: TimelineEntry, { paint, clock }: Look = plainLook): string {
  const { sign, colour } = entryMark(kind);
  return `${paint.dim(clock(at))} ${paint[colour](sign)} ${oneLine(text)}`;
}

/** What the release waits for and how to send it, a line each; empty if it waits for nobody. */
export function waitingLines(state: ReleaseState, now: string, paint: Paint = plainPaint): string[] {
  const { waitingFor, plan } = state;
  if (!waitingFor) return [];
  const left = waitingFor.until ? ` (until ${moment(waitingFor.until)}, ${remaining(waitingFor.until, now)})` : '';
  const lines = [`${paint.bold('Waits for')} ${oneLine(waitingFor.what)}${left}`];
  if (plan && state.phase === 'awaiting approval') {
    lines.push(...standingLines(state).map(({ text }) => `  ${oneLine(text)}`));
  }
  lines.push(...(waitingFor.stuck ?? []).map((words) => `  ${paint.red(oneLine(words))}`));
  if (waitingFor.reminded) lines.push(`  ${remindedWords(waitingFor.reminded)}`);
  const ways = whatToSend(state);
  const width = Math.max(0, ...ways.map(({ command }) => command.length));
  return [...lines, ...ways.map(({ command, does }) => `  ${paint.cyan(command.padEnd(width))}  ${paint.dim(does)}`)];
}

/** The lines that a terminal redraws while it watches: steps, checks that fail, and what is awaited. */
export function liveBlock(state: ReleaseState, now: string, width: number, paint: Paint = plainPaint): string[] {
  const fit = (line: string) => fitted(line, width);
  const lines: string[] = [paint.bold(fit(headline(state))), ...loudLines(state).map((line) => paint.red(fit(line)))];
  for (const step of state.steps) {
    const { sign, colour } = stepMark(step.status);
    const time = span(step.startedAt, step.endedAt ?? (step.status === 'running' ? now : null));
    const detail = step.detail ? `: ${step.detail}` : '';
    lines.push(paint[colour](`  ${sign} ${fitted(`${step.title}${time ? ` (${time})` : ''}${detail}`, width - 4)}`));
  }
  for (const check of state.checks.filter(({ verdict }) => verdict !== 'passed')) {
    lines.push(paint.yellow(`  ${fitted(`${check.name}: ${verdictWord[check.verdict]}: ${check.detail}`, width - 2)}`));
  }
  if (state.waitingFor) {
    const { what, until } = state.waitingFor;
    lines.push(...[...voidedWords(state), ...(state.waitingFor.stuck ?? [])].map((words) => paint.yellow(fit(words))));
    lines.push(fit(`Waits for ${what}${until ? ` (${remaining(until, now)} left)` : ''}`));
    lines.push(
      ...whatToSend(state).map(({ command, does }) => paint.cyan(`  ${fitted(`${command} # ${does}`, width - 2)}`)),
    );
  }
  return lines;
}

/** How the release ended, for the end of a watch; empty while it runs. */
export function resultLines(state: ReleaseState): string[] {
  const { result } = state;
  if (!result) return [];
  return [
    `${result.outcome} after ${span(result.startedAt, result.endedAt)}`,
    ...result.services.map(serviceResultWords),
    ...result.undone.map(({ step, how }) => `undo of ${step}: ${how}`),
    ...result.schemaDebt.map((debt) => `schema debt: ${oneLine(debt)}`),
    ...result.drift.map((drift) => `drift: ${oneLine(drift)}`),
    ...overrideLines(state),
    ...(result.failure ? [`why: ${oneLine(result.failure.message)} (${result.failure.code})`] : []),
    ...(result.failure && result.failure.todo !== nothingToDo ? [`what to do: ${oneLine(result.failure.todo)}`] : []),
  ];
}

/** Emergency stops that hold, and what people have overridden. */
function loudLines(state: ReleaseState): string[] {
  const stops = state.result ? [] : (state.stops ?? []);
  return [...stops.map((stop) => oneLine(stopWords(stop))), ...overrideLines(state)];
}

/** What people have overridden: nobody who looks at the release may miss it. */
function overrideLines({ overrides = [] }: ReleaseState): string[] {
  return overrides.map((one) => oneLine(overrideWords(one)));
}

function headlineOf(state: ReleaseState, paint: Paint): string {
  const bad = state.attention || (state.result && state.result.outcome !== 'finished');
  const good = state.result?.outcome === 'finished';
  return paint.bold(bad ? paint.red(headline(state)) : good ? paint.green(headline(state)) : headline(state));
}

function aboutLines({ release, requestedBy, plan }: ReleaseState): string[] {
  return [
    release.id,
    `asked for by ${oneLine(requestedBy)} at ${moment(release.requestedAt)}`,
    ...(plan ? [`plan ${plan.digest}`] : []),
  ];
}

function failureLines({ attention, failure, result }: ReleaseState, paint: Paint): string[] {
  const error = attention?.error ?? (result ? null : failure);
  if (!error) return [];
  const head = attention ? `A person must decide about ${attention.step}` : 'What went wrong';
  return [paint.red(paint.bold(head)), `  ${oneLine(error.message)} (${error.code})`, `  ${oneLine(error.todo)}`];
}

function stepLine(step: StepState, now: string, paint: Paint): string {
  const { sign, colour } = stepMark(step.status);
  const time = span(step.startedAt, step.endedAt ?? (step.status === 'running' ? now : null));
  const words = [step.status === 'waiting' || step.status === 'done' ? '' : step.status, time]
    .filter(Boolean)
    .join(', ');
  return `${paint[colour](sign)} ${step.title}${words ? ` (${words})` : ''}${step.detail ? `: ${oneLine(step.detail)}` : ''}`;
}

function checkLines({ checks }: ReleaseState, paint: Paint): string[] {
  return checks.map(({ name, verdict, detail, latency, tries }) => {
    const { sign, colour } = verdictMark(verdict);
    const numbers = [latency === undefined ? '' : `${Math.round(latency)}ms`, tries > 1 ? `${tries} tries` : ''].filter(
      Boolean,
    );
    return `${paint[colour](sign)} ${oneLine(name)}: ${oneLine(detail)}${numbers.length ? ` (${numbers.join(', ')})` : ''}`;
  });
}

/** Everything that is to be ticked, with the list that it is of. */
export function checklistLines({ checklist = [] }: ReleaseState): string[] {
  return checklist.map((item) => oneLine(`${itemWords(item)}, for ${item.list.replace(':', ' ')}`));
}

function section(title: string, lines: readonly string[], paint: Paint): string[] {
  return lines.length ? [paint.bold(title), ...lines.map((line) => `  ${line}`)] : [];
}
