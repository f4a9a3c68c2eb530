/** What people read of a project's triggers: in the Web UI and in the terminal. */
import type { ErrorReport } from './errors';
import { moment } from './moments';
import { markdownCode, markdownText } from './plain-text';
import type { TagStatus } from './request-tag';

/** What the shapes of polls have in common with activities/contract.ts, which release/ may not import. */
interface ShownPoll {
  readonly seen: Partial<Record<TagStatus, number>>;
  readonly waiting: number;
  readonly isSuperseded: boolean;
  readonly failures: readonly { readonly report: ErrorReport; readonly since: string }[];
  readonly started: readonly string[];
  readonly refused: number;
  readonly held: readonly string[];
}

/** A poll's Markdown in the Web UI. */
export function renderPoll({ seen, waiting, isSuperseded, failures, started, held }: ShownPoll): string {
  if (isSuperseded)
    return '**Nothing was looked for**: the ledger does not know that this schedule is on. What to do: `slipway trigger list`.';
  const news = countsInWords(seen);
  return [
    ...failures.map(
      ({ report, since }) =>
        `**Could not look**, since ${moment(since)}: ${markdownText(report.message)} ${markdownText(report.todo)} The next poll looks again.`,
    ),
    ...(news ? [`New tags: ${news}.`] : failures.length > 0 ? [] : ['No new tag.']),
    ...(started.length > 0 ? ['## Started', started.map((id) => `- ${markdownCode(id)}`).join('\n')] : []),
    ...(waiting > 0 ? [`${waiting} ${waiting === 1 ? 'tag waits' : 'tags wait'}.`] : []),
    ...held.map((why) => `- ${markdownText(why)}`),
    'What became of each tag: `slipway trigger list`.',
  ].join('\n\n');
}

const words: Readonly<Record<TagStatus, string>> = {
  noted: 'noted',
  waiting: 'to be released',
  starting: 'being started',
  started: 'released',
  refused: 'refused',
  ignored: 'ignored',
};

/** `3 to be released, 1 refused`; empty if there is none. */
export function countsInWords(counts: Partial<Record<TagStatus, number>>): string {
  return (Object.keys(words) as TagStatus[])
    .flatMap((status) => (counts[status] ? [`${counts[status]} ${words[status]}`] : []))
    .join(', ');
}
