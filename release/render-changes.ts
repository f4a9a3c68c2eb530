/** What a release would change, for whoever is asked for approval in the Web UI. */
import { shortId } from './identity';
import { fitted, markdownBlock, markdownCode, markdownText } from './plain-text';
import type { MigrationScript } from './migration';
import type { PlannedService } from './plan';
import type { ReleaseState } from './state';

/** So many commits of a service are listed. */
const SHOWN_COMMITS = 8;
/** Of a script so many characters are shown. */
const SHOWN_SCRIPT = 600;
const LONGEST_TEXT = 200;

/** From which version to which, by whose commits, with which statements; a section of Markdown, empty without a plan. */
export function changesSection({ plan, release }: ReleaseState): string[] {
  if (!plan) return [];
  return ['## What changes', '', ...plan.services.flatMap((service) => serviceLines(service, release.version))];
}

function serviceLines(service: PlannedService, version: string): string[] {
  const { previous, commit, commits, database, untouched } = service;
  const from = previous ? `${text(previous.version)} (${shortId(previous.commit)})` : 'nothing';
  if (untouched) return [`- **${text(service.service)}** stays at ${from}`];
  const count = commits.total === 1 ? '1 commit' : `${commits.total} commits`;
  const shown = commits.shown.slice(0, SHOWN_COMMITS);
  const hidden = commits.total - shown.length;
  return [
    `- **${text(service.service)}**: ${from} → ${text(version)} (${shortId(commit)}), ${count}`,
    ...shown.map(({ author, subject }) => `    - ${text(author)}: ${text(subject)}`),
    ...(hidden > 0 ? [`    - and ${hidden} more`] : []),
    ...(database?.scripts ?? []).flatMap(scriptLines),
  ];
}

function scriptLines({ name, up, undo }: MigrationScript): string[] {
  const cut =
    up.length > SHOWN_SCRIPT ? `${up.slice(0, SHOWN_SCRIPT).trimEnd()}\n-- … the rest is in the repository` : up;
  const person = undo.unattended ? '' : `, whose rollback needs a person: ${text(undo.reason)}`;
  return [
    `    - its database: runs ${markdownCode(name)}${person}`,
    '',
    ...markdownBlock('sql', cut).map(indented),
    '',
  ];
}

const indented = (line: string): string => (line ? `        ${line}` : '');

const text = (value: string): string => markdownText(fitted(value, LONGEST_TEXT));
