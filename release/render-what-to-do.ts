/** What people may tell a release, as the Web UI shows it: who, until when, and exactly what to send. */
import { approvalStandings } from './approval';
import { moment } from './moments';
import { fitted, markdownBlock, markdownCode, markdownText } from './plain-text';
import type { ReleaseState } from './state';
import { whatToSend } from './what-to-send';

const LONGEST_TEXT = 400;

/** Whether the release stands still until a person says something. */
export function needsPerson({ phase, paused, attention }: ReleaseState): boolean {
  return phase === 'awaiting approval' || paused !== null || attention !== null;
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
  const { waitingFor, phase, plan, release } = state;
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
    `Read what changes, then say yes or no${until ? `, by ${until}: after that the release ends, and nothing was changed` : ''}.`,
    '',
    ...approvalStandings(plan, state.approvals).map(({ rule, approvedBy, missing }) => {
      const who = rule.approvers.length ? rule.approvers.join(' or ') : 'anybody';
      const done = approvedBy.length ? `; yes from ${approvedBy.join(', ')}` : '';
      const open = missing === 0 ? 'complete' : `${missing} yes ${missing === 1 ? 'is' : 'are'} missing, from ${who}`;
      return `- ${missing === 0 ? '✓' : '☐'} ${text(`${rule.name}: ${open}${done}`)}`;
    }),
    ...plan.acknowledgements.map((item) => `- a yes must acknowledge ${markdownCode(item.id)}: ${text(item.text)}`),
  ];
}

const text = (value: string): string => markdownText(fitted(value, LONGEST_TEXT));
