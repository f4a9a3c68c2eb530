/**
 * The workflow's `currentDetails`: what the Temporal Web UI shows of a release. It says first what is needed of people,
 * then reads like a deployment checklist. Runs inside the workflow: pure and quick.
 */
import { itemWords } from './checklist';
import { IGNORED, NOT_ACCEPTED } from './decision';
import { headline, serviceResultWords } from './headline';
import { gateMark, verdictMark } from './paint';
import { moment, span } from './moments';
import {
  fitted,
  markdownBlock,
  markdownCode,
  markdownSentence,
  markdownText,
  urlLength,
  utf8Length,
} from './plain-text';
import { changesSection } from './render-changes';
import { evidenceMarkdown } from './render-plan';
import { stepsSection, wayBackSection } from './render-steps';
import { needsPerson, whatToDoSection } from './render-what-to-do';
import { overrideWords } from './override';
import { holdsRelease } from './soft-gates';
import type { ReleaseResult, ReleaseState, TimelineEntry } from './state';
import { stopWords } from './stop';
import { verdictWord } from './verdict';
import { voidedWords } from './voided';

/** The server refuses details of more bytes than this. */
export const MAX_DETAILS = 20_000;

/**
 * The Web UI puts the details into the address of a frame, and many proxies refuse a request line above 8 KB: details
 * may not be longer than this as part of an address.
 */
export const MAX_IN_ADDRESS = 7_600;

const LONGEST_TEXT = 400;

/** Of each gate: those that matter most come first, and all are in `slipway status`. */
const SHOWN_EVIDENCE = 3;

/** All of them are in `slipway status`. */
const SHOWN_DECISIONS = 5;

/** The state of a release as Markdown without HTML, within both limits: later sections give way first. */
export function renderDetails(state: ReleaseState): string {
  const asked = needsPerson(state);
  const todo = whatToDoSection(state);
  const sections = [
    top(state),
    trouble(state),
    ...(asked ? [todo] : []),
    result(state),
    ...(state.phase === 'awaiting approval' ? [changesSection(state)] : []),
    checklist(state),
    decisions(state),
    wayBackSection(state),
    stepsSection(state),
    ...(asked ? [] : [todo]),
    checks(state),
    gates(state),
    byHand(state),
    timeline(state),
  ];
  return fitInto(sections, state.release.id);
}

function fitInto(sections: readonly string[][], id: string): string {
  const last = `\n… more in ${markdownCode(`slipway status ${id}`)}\n`;
  const used = sizeOf(last);
  let text = '';
  let isWhole = true;
  for (const section of sections.filter((lines) => lines.length > 0)) {
    const more = `${text ? '\n' : ''}${section.join('\n')}\n`;
    const { bytes, inAddress } = sizeOf(more);
    if (used.bytes + bytes > MAX_DETAILS || used.inAddress + inAddress > MAX_IN_ADDRESS) {
      isWhole = false;
      continue;
    }
    used.bytes += bytes;
    used.inAddress += inAddress;
    text += more;
  }
  return isWhole ? text : text + last;
}

const sizeOf = (text: string) => ({ bytes: utf8Length(text), inAddress: urlLength(text) });

function top(state: ReleaseState): string[] {
  const digest = state.plan ? `, plan ${markdownCode(state.plan.digest.slice(0, 12))}` : '';
  return [
    `# ${markdownText(headline(state))}`,
    '',
    ...(state.result ? [] : (state.stops ?? [])).flatMap((one) => [`**${text(stopWords(one))}**`, '']),
    ...(state.overrides ?? []).flatMap((one) => [`**${text(overrideWords(one))}** (${moment(one.at)})`, '']),
    `Project ${text(state.release.project)}, asked for by ${text(state.requestedBy)} at ${moment(state.release.requestedAt)}${digest}.`,
    ...passedOver(state),
    ...voidedWords(state).flatMap((words) => ['', `**${text(words)}**`]),
  ];
}

function trouble({ attention, failure, steps }: ReleaseState): string[] {
  const error = attention?.error ?? failure;
  if (!error) return [];
  const step = steps.find(({ id }) => id === attention?.step);
  const head = !attention
    ? '## Why'
    : `## A person must decide: ${text(step?.title ?? (attention.step === 'failure' ? 'it failed' : attention.step))}`;
  return [head, '', `${sentence(error.message)} ${sentence(error.todo)} (${error.code})`];
}

function result({ result: ended }: ReleaseState): string[] {
  if (!ended) return [];
  const took = span(ended.startedAt, ended.endedAt);
  return [
    '## Result',
    '',
    `**${ended.outcome}** after ${took}. ${nextStep(ended)}`,
    '',
    ...ended.services.map((service) => `- ${text(serviceResultWords(service))}`),
    ...ended.schemaDebt.map((debt) => `- schema debt, for the next release: ${text(debt)}`),
    ...ended.drift.map((drift) => `- DRIFT: ${text(drift)}`),
    ...(ended.overrides ?? []).map((one) => `- ${text(overrideWords(one))}`),
  ];
}

/** What people do after a release has ended. */
function nextStep({ outcome, drift }: ReleaseResult): string {
  if (drift.length > 0) return 'Not everything is back: put right what stands here as DRIFT, before the next release.';
  switch (outcome) {
    case 'finished':
      return 'Nothing to do.';
    case 'rolled back':
      return 'What was live before is live again, and proven. Mend what went wrong, then release the mended version.';
    case 'rejected':
    case 'stopped':
    case 'abandoned':
    case 'cancelled':
      return 'Release again when it may go out.';
  }
}

function gates({ gates: reports }: ReleaseState): string[] {
  if (reports.length === 0) return [];
  const passed = reports.filter(({ verdict }) => verdict === 'passed');
  return [
    `## Gates: ${passed.length} of ${reports.length} passed`,
    '',
    // What did not pass is read first.
    ...[...reports.filter((gate) => !passed.includes(gate)), ...passed].map((gate) => {
      const said = gate.pending ? `waited for until ${moment(gate.pending.until)}` : verdictWord[gate.verdict];
      const word = gate.verdict === 'passed' ? '' : `**${said}**${gate.hard ? '' : ' (soft)'}: `;
      const evidence = (gate.evidence ?? []).slice(0, SHOWN_EVIDENCE).map(evidenceMarkdown);
      const seen = evidence.length > 0 ? ` (${evidence.join('; ')})` : '';
      return `- ${gateMark(gate).sign} ${text(gate.id)}: ${word}${sentence(gate.detail)}${seen}`;
    }),
  ];
}

/** Soft gates that say no, or that could not tell: overridden or not. */
function passedOver({ gates: reports, phase }: ReleaseState): string[] {
  if (phase !== 'awaiting approval') return [];
  return reports
    .filter((gate) => holdsRelease(gate) && gate.verdict !== 'passed')
    .flatMap((gate) => ['', `**! ${text(gate.id)}: ${verdictWord[gate.verdict]}**: ${sentence(gate.detail)}`]);
}

function checklist({ checklist: items = [], phase }: ReleaseState): string[] {
  if (items.length === 0 || phase === 'ended') return [];
  const done = items.filter(({ tick }) => tick).length;
  return [
    `## Checklist: ${done} of ${items.length} ticked`,
    '',
    ...items.map((item) => `- ${text(`${itemWords(item)}, for ${item.list.replace(':', ' ')}`)}`),
  ];
}

function checks({ checks: found }: ReleaseState): string[] {
  if (found.length === 0) return [];
  return [
    '## Last checks',
    '',
    ...found.map(({ name, verdict, detail }) => {
      const word = verdict === 'passed' ? '' : `**${verdictWord[verdict]}**: `;
      return `- ${verdictMark(verdict).sign} ${text(name)}: ${word}${text(detail)}`;
    }),
  ];
}

function byHand({ plan, phase }: ReleaseState): string[] {
  const commands = [...(plan?.steps ?? [])]
    .reverse()
    .flatMap((step) => (step.byHand.length ? [`# ${step.id}`, ...step.byHand] : []));
  if (commands.length === 0 || phase === 'ended') return [];
  return ['## If Slipway cannot run: undo by hand, in this order', '', ...markdownBlock('sh', commands.join('\n'))];
}

/**
 * Whoever has sent one looks here whether it counted, and if not, why, also where it could not be read: what does not fit
 * on the page must be something else.
 */
function decisions({ timeline: entries }: ReleaseState): string[] {
  const said = entries.filter((entry) => entry.kind === 'decision' || isIgnored(entry));
  if (said.length === 0) return [];
  const last = said.slice(-SHOWN_DECISIONS).reverse();
  return [
    `## Decisions, newest first${said.length > last.length ? ` (${last.length} of ${said.length})` : ''}`,
    '',
    ...last.map((entry) => `- ${counted(entry) ? '✓' : '✗'} ${entry.at.slice(11, 19)}Z ${text(entry.text)}`),
  ];
}

const isIgnored = ({ text: words }: TimelineEntry): boolean => words.startsWith(IGNORED);

const counted = (entry: TimelineEntry): boolean => !isIgnored(entry) && !entry.text.includes(NOT_ACCEPTED);

function timeline({ timeline: entries }: ReleaseState): string[] {
  if (entries.length === 0) return [];
  const last = entries.slice(-20).reverse();
  return [
    '## What happened, newest first',
    '',
    ...last.map((entry) => `- ${entry.at.slice(11, 19)}Z ${text(entry.text)}`),
  ];
}

const text = (value: string): string => markdownText(fitted(value, LONGEST_TEXT));

const sentence = (value: string): string => markdownSentence(fitted(value, LONGEST_TEXT));
