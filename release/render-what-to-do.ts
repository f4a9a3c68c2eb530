/** What people may tell a release, as the Web UI shows it: who, until when, and exactly what to send. */
import type { ApprovalPlace } from './rule-words';
import { standingLines } from './approval-words';
import { missingAcknowledgements } from './judge-approval';
import { moment, remindedWords } from './moments';
import { fitted, markdownBlock, markdownCode, markdownText } from './plain-text';
import { gatesToOverride } from './soft-gates';
import type { ReleaseState } from './state';
import { whatToSend } from './what-to-send';

const LONGEST_TEXT = 400;

/** Whether the release stands still until a person says something. */
export function needsPerson({ phase, paused, attention, waitingFor }: ReleaseState): boolean {
  const isTicked = waitingFor?.send.includes('tick') ?? false;
  return phase === 'awaiting approval' || paused !== null || attention !== null || isTicked;
}

/** A section of Markdown; empty if nothing can be said to the release now. */
export function whatToDoSection(state: ReleaseState): string[] {
  const { waitingFor } = state;
  if (!waitingFor) return [];
  const ways = whatToSend(state);
  return [
    needsPerson(state) ? '## What to do' : '## It goes on by itself',
    '',
    ...waitLines(state),
    ...(ways.length
      ? [
          '',
          'Here: **More Actions → Send a Signal**. Choose the signal, paste its data, put your name in place of `<you>` and your reason in place of `<why>`, submit. Or run the command in the project’s folder.',
        ]
      : []),
    ...ways.flatMap(({ kind, action, does, payload, command }) => [
      '',
      `**${kind}**${action ? ` with **${action}**` : ''}: ${text(does)}`,
      '',
      ...markdownBlock('json', payload),
      '',
      ...markdownBlock('sh', command),
    ]),
  ];
}

function waitLines(state: ReleaseState): string[] {
  const { waitingFor, phase, plan, release, place } = state;
  if (!waitingFor) return [];
  const until = waitingFor.until ? moment(waitingFor.until) : null;
  if (state.attention) return [`It waits without limit, and keeps ${text(release.environment)} held meanwhile.`];
  if (phase === 'waiting for window') {
    return [`It waits for ${text(waitingFor.what)}.${until ? ` It looks again by ${until}.` : ''}`];
  }
  if (phase !== 'awaiting approval' || !plan) {
    return [`It waits for ${text(waitingFor.what)}${until ? `, until ${until} at most` : ''}.`];
  }
  return [
    `${readWords[place ?? 'before-migrating']}${until ? `, by ${until}: after that ${expiryWords(state)}` : ''}.`,
    ...(waitingFor.reminded ? ['', `${capital(remindedWords(waitingFor.reminded))}.`] : []),
    '',
    ...standingLines(state).map(({ isDone, text: words }) => `- ${isDone ? '✓' : '☐'} ${text(words)}`),
    ...gatesToOverride(place === 'before-migrating' ? state.gates : [], state.overrides).map(
      (gate) => `- ☐ ${text(`the gate ${gate.id} does not pass: it needs an override with a reason`)}`,
    ),
    ...(waitingFor.stuck ?? []).map((words) => `- **${text(words)}.**`),
    ...missingAcknowledgements(plan, place ?? 'before-migrating').map(
      (item) => `- a yes must acknowledge ${markdownCode(item.id)}: ${text(item.text)}`,
    ),
  ];
}

const readWords: Readonly<Record<ApprovalPlace, string>> = {
  'before-migrating': 'Read what changes, then say yes or no',
  'before-moving': 'Nothing has moved yet: look at it, then say yes or no',
  'after-smoke': 'The new version is live: try it, then accept it or say no',
};

function expiryWords({ undoRecords }: ReleaseState): string {
  return undoRecords.length === 0 ? 'the release ends, and nothing was changed' : 'what has changed is put back';
}

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

const text = (value: string): string => markdownText(fitted(value, LONGEST_TEXT));
