/** A plan and its gates as text for a terminal and as Markdown. (As JSON, a plan is itself.) */
import { ruleWords } from './approval-words';
import type { CommitFact } from './facts';
import type { GateReport } from './gate';
import type { Evidence } from './gate-rule';
import { shortId } from './identity';
import { SHOWN_SQL, type MigrationScript } from './migration';
import { moment } from './moments';
import { gateMark, plainPaint, type Paint } from './paint';
import { markdownBlock, markdownCode, markdownText, oneLine, visibleText } from './plain-text';
import type { Plan, PlannedService } from './plan';
import { rulesWords } from './rules-origin';
import { verdictWord } from './verdict';

/** The plan as people read it in a terminal; the digest that they approve stands at its end. */
export function renderPlan(plan: Plan, gates: readonly GateReport[], paint: Paint = plainPaint): string {
  const sections = [
    [paint.bold(`${planTitle(plan)}`)],
    gates.length ? [paint.bold('Gates'), ...indent(gateLines(gates, paint))] : [],
    ...plan.services.map((service) => serviceLines(service, paint)),
    [paint.bold('Steps'), ...plan.steps.flatMap((step, index) => indent(stepLines(step, index, paint)))],
    byHandLines(plan, paint),
    noteLines(plan, paint),
    [paint.bold('Approval'), ...indent(approvalWords(plan))],
    [`${paint.bold('Plan')} ${paint.cyan(plan.digest)}`],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** The plan as Markdown, for a pull request, a ticket or a chat. Holds no HTML. */
export function renderPlanMarkdown(plan: Plan, gates: readonly GateReport[]): string {
  const sections = [
    [`# ${markdownText(planTitle(plan))}`],
    [`Plan ${markdownCode(plan.digest)}`],
    gates.length ? ['## Gates', '', ...gateTable(gates)] : [],
    ...plan.services.map(serviceMarkdown),
    ['## Steps', '', ...plan.steps.flatMap(stepMarkdown)],
    byHandMarkdown(plan),
    noteMarkdown(plan),
    ['## Approval', '', ...approvalWords(plan).map((line) => `- ${markdownText(line)}`)],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** What a plan is about, in a line. */
export function planTitle({ project, version, environment, kind = 'normal' }: Plan): string {
  if (kind === 'rollback') return `Roll ${project} back to ${version} in ${environment}`;
  if (kind === 'redeploy') return `Redeploy ${version} of ${project} to ${environment}`;
  return `Release ${version} of ${project} to ${environment}`;
}

/** What one gate says, a line each; soft gates say that they are. */
export function gateLines(gates: readonly GateReport[], paint: Paint = plainPaint): string[] {
  const width = Math.max(0, ...gates.map(({ id }) => id.length));
  return gates.flatMap((gate) => {
    const { sign, colour } = gateMark(gate);
    return [
      `${paint[colour](sign)} ${gate.id.padEnd(width)}  ${gateWords(gate)}`,
      ...indent((gate.evidence ?? []).map((one) => paint.dim(evidenceWords(one)))),
    ];
  });
}

/** Who must say yes, how many and for how long, and what happens after a failure. */
export function approvalWords(plan: Plan): string[] {
  const lines = plan.approvals.map(ruleWords);
  lines.push(
    plan.onFailure === 'rollback'
      ? 'after a failure it rolls back by itself'
      : 'after a failure it stops, reports, and waits for a person',
  );
  lines.push(`the rules: ${rulesWords(plan.rulesFrom)}`);
  return lines;
}

/** One piece of evidence in a line. */
export function evidenceWords({ name, value, at, link }: Evidence): string {
  const said = value === undefined ? name : `${name}: ${value}`;
  return oneLine([said, ...(at ? [moment(at)] : []), ...(link ? [link] : [])].join(', '));
}

function gateWords(gate: GateReport): string {
  const { verdict, detail, pending } = gate;
  if (pending) return `waited for until ${moment(pending.until)}: ${oneLine(detail)}`;
  const word = verdict === 'unknown' ? `${verdictWord.unknown}: ` : '';
  return `${word}${oneLine(detail)}${verdict === 'passed' ? '' : softWords(gate)}`;
}

/** What a soft gate that does not pass means: the calendar opens by itself. */
function softWords(gate: GateReport): string {
  if (gate.hard) return '';
  if (gate.id === 'calendar') return ' (soft: it waits until it opens, or for an override)';
  return ' (soft: it waits for an override)';
}

function serviceLines(service: PlannedService, paint: Paint): string[] {
  return [
    `${paint.bold(service.service)}  ${fromTo(service)}`,
    ...indent(service.commits.shown.map((commit) => commitLine(commit, paint))),
    ...indent(moreCommits(service)),
    ...(service.database?.scripts ?? []).flatMap((script) => indent(scriptLines(script, paint))),
  ];
}

function fromTo({ previous, commit, commits, untouched }: PlannedService): string {
  const from = previous ? `${oneLine(previous.version)} (${shortId(previous.commit)})` : 'nothing';
  if (untouched) return `stays at ${from}`;
  const count = commits.total === 1 ? '1 commit' : `${commits.total} commits`;
  return `${from} → ${shortId(commit)}, ${count}`;
}

function commitLine(commit: CommitFact, paint: Paint): string {
  return `${paint.yellow(shortId(commit.id))} ${oneLine(authorWords(commit))}: ${oneLine(subjectWords(commit))}`;
}

/** Who wrote it, with the names that the project and the git host have for them. */
function authorWords({ author, person, login }: CommitFact): string {
  const names = [person, login && `@${login}`].filter((name) => name && name !== author);
  return names.length > 0 ? `${author} (${names.join(', ')})` : author;
}

/** What it is about, with the pull request by which it came, unless the subject says so itself. */
function subjectWords({ subject, pullRequest }: CommitFact): string {
  return pullRequest === undefined || subject.includes(`#${pullRequest}`) ? subject : `${subject} (#${pullRequest})`;
}

function moreCommits({ commits }: PlannedService): string[] {
  const hidden = commits.total - commits.shown.length;
  return hidden > 0 ? [`and ${hidden} more`] : [];
}

function scriptLines({ name, up, down, checksum, undo }: MigrationScript, paint: Paint): string[] {
  return [
    `${paint.bold(`migration ${name}`)} ${paint.dim(`sha256 ${shortId(checksum)}`)}`,
    ...indent(['forward', ...sqlLines(up, paint)]),
    ...indent([
      undo.unattended ? 'rollback' : paint.yellow(`rollback: needs a person: ${oneLine(undo.reason)}`),
      ...sqlLines(down, paint),
    ]),
  ];
}

function sqlLines(sql: string, paint: Paint): string[] {
  return sqlText(sql).map((line) => `${paint.dim('│')} ${line}`.trimEnd());
}

function sqlText(sql: string): string[] {
  const lines = visibleText(sql).trim().split('\n');
  return sql.length >= SHOWN_SQL ? [...lines, '-- … cut here: the whole script is in the repository'] : lines;
}

function stepLines(step: Plan['steps'][number], index: number, paint: Paint): string[] {
  return [
    `${`${index + 1}.`.padEnd(3)} ${paint.bold(step.title)}`,
    ...indent(step.does.map(oneLine), 4),
    ...(step.undo ? indent([`${paint.yellow('↩')} ${oneLine(step.undo)}`], 4) : []),
  ];
}

function byHandLines({ steps }: Plan, paint: Paint): string[] {
  const undoable = [...steps].reverse().filter(({ byHand }) => byHand.length > 0);
  if (undoable.length === 0) return [];
  return [
    `${paint.bold('Undo without Slipway')}, newest step first`,
    ...undoable.flatMap(({ id, byHand }) => indent([paint.dim(`# ${id}`), ...byHand.map(visibleText)])),
  ];
}

function noteLines({ acknowledgements, notes }: Plan, paint: Paint): string[] {
  return [
    ...(acknowledgements.length ? [paint.bold('An approval must acknowledge')] : []),
    ...indent(acknowledgements.map(({ id, text }) => `${paint.yellow(id)}  ${oneLine(text)}`)),
    ...(notes.length ? [paint.bold('Worth knowing')] : []),
    ...indent(notes.map((note) => `- ${oneLine(note)}`)),
  ];
}

function gateTable(gates: readonly GateReport[]): string[] {
  return [
    '| | gate | what it says |',
    '| --- | --- | --- |',
    ...gates.map((gate) => `| ${gateMark(gate).sign} | ${markdownText(gate.id)} | ${gateCell(gate)} |`),
  ];
}

function gateCell(gate: GateReport): string {
  const evidence = (gate.evidence ?? []).map(evidenceMarkdown);
  return [markdownText(gateWords(gate)), ...(evidence.length > 0 ? [`(${evidence.join('; ')})`] : [])].join(' ');
}

/** One piece of evidence as Markdown, with its link. */
export function evidenceMarkdown({ link, ...evidence }: Evidence): string {
  const words = markdownText(evidenceWords(evidence));
  return link === undefined
    ? words
    : `[${words}](${link.replace(/[()<>\s|\\]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`)})`;
}

function serviceMarkdown(service: PlannedService): string[] {
  const commits = service.commits.shown.map(
    (commit) =>
      `- ${markdownCode(shortId(commit.id))} ${markdownText(authorWords(commit))}: ${markdownText(subjectWords(commit))}`,
  );
  return [
    `## ${markdownText(service.service)}: ${markdownText(fromTo(service))}`,
    ...(commits.length ? ['', ...commits, ...moreCommits(service).map((line) => `- ${line}`)] : []),
    ...(service.database?.scripts ?? []).flatMap(scriptMarkdown),
  ];
}

function scriptMarkdown({ name, up, down, checksum, undo }: MigrationScript): string[] {
  const needsPerson = undo.unattended ? '' : ` (needs a person: ${markdownText(undo.reason)})`;
  return [
    '',
    `### Migration ${markdownText(name)} (sha256 ${shortId(checksum)})`,
    '',
    'Forward:',
    '',
    ...markdownBlock('sql', sqlText(up).join('\n')),
    '',
    `Rollback${needsPerson}:`,
    '',
    ...markdownBlock('sql', sqlText(down).join('\n')),
  ];
}

function stepMarkdown({ title, does, undo }: Plan['steps'][number], index: number): string[] {
  return [
    `${index + 1}. **${markdownText(title)}**`,
    ...does.map((line) => `   - ${markdownText(line)}`),
    ...(undo ? [`   - undo: ${markdownText(undo)}`] : []),
  ];
}

function byHandMarkdown({ steps }: Plan): string[] {
  const undoable = [...steps].reverse().filter(({ byHand }) => byHand.length > 0);
  if (undoable.length === 0) return [];
  const commands = undoable.flatMap(({ id, byHand }) => [`# ${id}`, ...byHand]);
  return ['## Undo without Slipway', '', ...markdownBlock('sh', commands.join('\n'))];
}

function noteMarkdown({ acknowledgements, notes }: Plan): string[] {
  const lines = [
    ...acknowledgements.map(({ id, text }) => `- must be acknowledged: ${markdownCode(id)} ${markdownText(text)}`),
    ...notes.map((note) => `- ${markdownText(note)}`),
  ];
  return lines.length ? ['## Worth knowing', '', ...lines] : [];
}

function indent(lines: readonly string[], by = 2): string[] {
  return lines.map((line) => `${' '.repeat(by)}${line}`.trimEnd());
}
