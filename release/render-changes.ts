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
  const { services } = plan;
  const lines = services.flatMap((service, n) => {
    const twin = services.slice(0, n).find((before) => hasSameCommits(before, service));
    return serviceLines(service, release.version, twin);
  });
  return ['## What changes', '', ...lines];
}

/** Services of one repository often bring the same commits: they are listed once. */
function hasSameCommits(a: PlannedService, b: PlannedService): boolean {
  const ids = ({ commits }: PlannedService) => `${commits.total} ${commits.shown.map(({ id }) => id).join(' ')}`;
  return !a.untouched && ids(a) === ids(b);
}

function serviceLines(service: PlannedService, version: string, twin: PlannedService | undefined): string[] {
  const { previous, commit, commits, database, untouched } = service;
  const from = previous ? `${text(previous.version)} (${shortId(previous.commit)})` : 'nothing';
  if (untouched) return [`- **${text(service.service)}** stays at ${from}`];
  const count = commits.total === 1 ? '1 commit' : `${commits.total} commits`;
  const shown = twin ? [] : commits.shown.slice(0, SHOWN_COMMITS);
  const hidden = twin ? 0 : commits.total - shown.length;
  const same = twin && commits.total > 0 ? `, those of ${text(twin.service)}` : '';
  return [
    `- **${text(service.service)}**: ${from} → ${text(version)} (${shortId(commit)}), ${count}${same}`,
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
