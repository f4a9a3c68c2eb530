/**
 * The workflow's `currentDetails`: what the Temporal Web UI shows of a release. It reads like a deployment checklist,
 * says first what is needed of people, and stays below the server's limit. Runs inside the workflow: pure and quick.
 */
import { approvalStandings } from './approval';
import { headline, serviceResultWords } from './headline';
import { gateMark } from './paint';
import { moment, span } from './moments';
import { fitted, markdownBlock, markdownCode, markdownText, utf8Length } from './plain-text';
import type { ReleaseState, StepState } from './state';
import { verdictWord } from './verdict';
import { whatToSend } from './what-to-send';

/** The server refuses details of more bytes than this; a little is kept free for the last line. */
export const MAX_DETAILS = 20_000;

const LONGEST_TEXT = 400;

/** The checklist of a release as Markdown without HTML, at most `MAX_DETAILS` bytes: later sections give way first. */
export function renderDetails(state: ReleaseState): string {
  const sections = [
    top(state),
    attention(state),
    waiting(state),
    result(state),
    checklist(state),
    gates(state),
    undo(state),
    checks(state),
    byHand(state),
    verdicts(state),
    timeline(state),
  ];
  return fitInto(MAX_DETAILS, sections, state.release.id);
}

function fitInto(limit: number, sections: readonly string[][], id: string): string {
  const last = `\n… more in ${markdownCode(`slipway status ${id}`)}\n`;
  const room = limit - utf8Length(last);
  let text = '';
  let used = 0;
  for (const section of sections.filter((lines) => lines.length > 0)) {
    const part = `${text ? '\n' : ''}${section.join('\n')}\n`;
    const bytes = utf8Length(part);
    if (used + bytes > room) return text + last;
    text += part;
    used += bytes;
  }
  return text;
}

function top(state: ReleaseState): string[] {
  const digest = state.plan ? `, plan ${markdownCode(state.plan.digest.slice(0, 12))}` : '';
  return [
    `# ${markdownText(headline(state))}`,
    '',
    `Project ${text(state.release.project)}, asked for by ${text(state.requestedBy)} at ${moment(state.release.requestedAt)}${digest}.`,
  ];
}

function attention({ attention: open, failure }: ReleaseState): string[] {
  const error = open?.error ?? failure;
  if (!error) return [];
  const head = open ? `## A person must decide: ${text(open.step)}` : '## What went wrong';
  return [head, '', `${text(error.message)} ${text(error.todo)} (${error.code})`];
}

function waiting(state: ReleaseState): string[] {
  const { waitingFor, plan } = state;
  if (!waitingFor) return [];
  const until = waitingFor.until ? ` Until ${moment(waitingFor.until)}.` : '';
  const lines = ['## Waits for', '', `${text(waitingFor.what)}.${until}`];
  if (plan && state.phase === 'awaiting approval') {
    const standings = approvalStandings(plan, state.approvals);
    lines.push(
      '',
      ...standings.map(({ rule, approvedBy, missing }) => {
        const who = rule.approvers.length ? ` of ${rule.approvers.join(', ')}` : '';
        const done = approvedBy.length ? `; yes from ${approvedBy.join(', ')}` : '';
        return `- ${box(missing === 0)} ${text(`${rule.name}: ${missing} more${who}${done}`)}`;
      }),
    );
    lines.push(...plan.acknowledgements.map((item) => `- to acknowledge: ${markdownCode(item.id)} ${text(item.text)}`));
  }
  for (const { kind, does, payload, command } of whatToSend(state)) {
    lines.push(
      '',
      `**${kind}** (${does}): send this signal with`,
      '',
      ...markdownBlock('json', payload),
      '',
      `or run ${markdownCode(command)}`,
    );
  }
  return lines;
}

function result({ result: ended }: ReleaseState): string[] {
  if (!ended) return [];
  return [
    '## Result',
    '',
    `**${ended.outcome}** after ${span(ended.startedAt, ended.endedAt)}`,
    '',
    ...ended.services.map((service) => `- ${text(serviceResultWords(service))}`),
    ...ended.schemaDebt.map((debt) => `- schema debt: ${text(debt)}`),
    ...ended.drift.map((drift) => `- DRIFT: ${text(drift)}`),
  ];
}

function checklist({ steps, plan }: ReleaseState): string[] {
  if (steps.length === 0) return [];
  const undoOf = (id: string) => plan?.steps.find((step) => step.id === id)?.undo ?? '';
  return ['## Checklist', '', ...steps.flatMap((step) => stepLines(step, undoOf(step.id)))];
}

function stepLines(step: StepState, undoText: string): string[] {
  const took = step.status === 'running' || step.status === 'waiting' ? '' : span(step.startedAt, step.endedAt);
  const word = step.status === 'failed' ? 'FAILED' : step.status;
  const status = step.status === 'waiting' ? '' : ` *${word}${took ? ` ${took}` : ''}*`;
  return [
    `- ${box(step.status === 'done')} **${text(step.title)}**${status}${step.detail ? `: ${text(step.detail)}` : ''}`,
    ...(undoText && step.status !== 'undone' ? [`    - undo: ${text(undoText)}`] : []),
  ];
}

function gates({ gates: reports }: ReleaseState): string[] {
  if (reports.length === 0) return [];
  return [
    '## Gates',
    '',
    ...reports.map((gate) => {
      const word =
        gate.verdict === 'passed' ? '' : `**${verdictWord[gate.verdict]}**${gate.hard ? '' : ' (a warning)'}: `;
      return `- ${gateMark(gate).sign} ${text(gate.id)}: ${word}${text(gate.detail)}`;
    }),
  ];
}

function undo({ undone, phase, undoRecords }: ReleaseState): string[] {
  if (undone.length === 0) return [];
  const open = undoRecords.filter(({ step }) => !undone.some((report) => report.step === step));
  return [
    '## Undo',
    '',
    ...undone.map(
      ({ step, how, detail }) => `- ${box(true)} ${text(step)}: ${how}${detail ? `: ${text(detail)}` : ''}`,
    ),
    ...(phase === 'ended' ? [] : open.map(({ step }) => `- ${box(false)} ${text(step)}`)),
  ];
}

function checks({ checks: found }: ReleaseState): string[] {
  if (found.length === 0) return [];
  return [
    '## Last checks',
    '',
    ...found.map(({ name, verdict, detail }) => `- ${text(name)}: ${verdictWord[verdict]}: ${text(detail)}`),
  ];
}

function byHand({ plan, phase }: ReleaseState): string[] {
  const commands = [...(plan?.steps ?? [])]
    .reverse()
    .flatMap((step) => (step.byHand.length ? [`# ${step.id}`, ...step.byHand] : []));
  if (commands.length === 0 || phase === 'ended') return [];
  return ['## Undo without Slipway', '', ...markdownBlock('sh', commands.join('\n'))];
}

function verdicts({ verdicts: given }: ReleaseState): string[] {
  if (given.length === 0) return [];
  return [
    '## Decisions',
    '',
    ...given.slice(-20).map(({ accepted, detail }) => `- ${accepted ? 'counted' : '**not counted**'}: ${text(detail)}`),
  ];
}

function timeline({ timeline: entries }: ReleaseState): string[] {
  if (entries.length === 0) return [];
  return ['## Timeline', '', ...entries.slice(-40).map((entry) => `- ${entry.at.slice(11, 19)}Z ${text(entry.text)}`)];
}

function text(value: string): string {
  return markdownText(fitted(value, LONGEST_TEXT));
}

function box(done: boolean): string {
  return done ? '[x]' : '[ ]';
}
