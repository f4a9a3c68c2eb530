/** What the ledger knows of releases, as lines: `slipway history` and `slipway show`. */
import type { HistoryLine, RecordedRelease } from './ledger-answers';
import { outcomeWord, phaseWord, serviceResultWords } from './headline';
import { nothingToDo } from './errors';
import { moment, span } from './moments';
import { overrideWords } from './override';
import { oneLine } from './plain-text';
import { gateLines, renderPlan } from './render-plan';
import { plainLook, timelineLine, type Look } from './render-state';

/** A release a line, newest first, in columns. */
export function historyLines(releases: readonly HistoryLine[], { paint }: Look = plainLook): string[] {
  const rows = releases.map((release) => [
    moment(release.requestedAt),
    release.id.replace(/^release\/[^/]+\//, ''),
    release.outcome ?? `${phaseWord(release.phase)}, when last written`,
    span(release.requestedAt, release.endedAt),
    oneLine(release.requestedBy),
    release.failure ? oneLine(release.failure) : '',
  ]);
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(0, ...rows.map((row) => row[column]!.length)));
  return rows.map((row, index) => {
    const line = row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
    const { outcome } = releases[index]!;
    const colour = outcome === 'finished' ? paint.green : outcome === null ? paint.cyan : paint.yellow;
    return colour(line.trimEnd());
  });
}

/** Everything that the ledger knows of a release. */
export function renderRecorded(release: RecordedRelease, look: Look = plainLook): string {
  const { paint } = look;
  const { plans, result } = release;
  const ran = plans.at(-1);
  const section = (title: string, lines: readonly string[]) =>
    lines.length > 0 ? [paint.bold(title), ...lines.map((line) => `  ${line}`)] : [];
  const sections = [
    [paint.bold(headline(release)), ...aboutLines(release)],
    section('Result', result ? resultLines(release) : []),
    section(
      'Decisions',
      release.decisions.map(
        ({ kind, by, person = by, proof, key, action, accepted, verdict, at }) =>
          `${moment(at)} ${kind}${action ? ` ${action}` : ''} by ${oneLine(person)} (${proof}${key ? ` with ${key}` : ''}): ${accepted ? '' : 'not counted: '}${oneLine(verdict)}`,
      ),
    ),
    ran ? [renderPlan(ran.plan, ran.gates, paint).trimEnd()] : [],
    section(
      'Plans before it',
      plans.slice(0, -1).flatMap((plan, index) => earlierPlan(plan, plans[index + 1])),
    ),
    section(
      'Undo records, each written before its effect',
      release.undoRecords.map(({ at, record }) => `${moment(at)} ${record.step} (${record.kind} of ${record.service})`),
    ),
    section(
      'Undone',
      release.undone.map(({ step, how, detail }) => `${step}: ${how}${detail ? `: ${oneLine(detail)}` : ''}`),
    ),
    section(
      'Timeline',
      release.timeline.map((entry) => timelineLine(entry, look)),
    ),
    section(
      `Live in ${release.environment}, as the last release left it`,
      release.live.map(
        ({ service, version, commit, since, release: by }) =>
          `${service} ${commit === null ? 'not known' : `${version} (${commit.slice(0, 10)})`} since ${moment(since)}, by ${by.replace(/@.*/, '')}`,
      ),
    ),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function headline({ version, environment, outcome, phase }: RecordedRelease): string {
  const words = outcome === null ? `${phaseWord(phase)}, when it was last written` : outcomeWord(outcome);
  return `${version} → ${environment} ${words}`;
}

function aboutLines({ id, runId, requestedBy, requestedAt, cluster, others, plans }: RecordedRelease): string[] {
  const digest = plans.at(-1)?.digest;
  return [
    id,
    `asked for by ${oneLine(requestedBy)} at ${moment(requestedAt)}`,
    `run ${runId} in ${cluster}`,
    ...(digest ? [`plan ${digest}`] : []),
    ...others.map((other) => `an earlier release had the same id: ${other}`),
  ];
}

function resultLines({ result }: RecordedRelease): string[] {
  if (!result) return [];
  const { failure } = result;
  return [
    `${result.outcome} after ${span(result.startedAt, result.endedAt)}`,
    ...result.services.map(serviceResultWords),
    ...result.schemaDebt.map((debt) => `schema debt: ${oneLine(debt)}`),
    ...result.drift.map((drift) => `drift: ${oneLine(drift)}`),
    ...(result.overrides ?? []).map((one) => oneLine(overrideWords(one))),
    ...(failure ? [`why: ${oneLine(failure.message)} (${failure.code})`] : []),
    ...(failure && failure.todo !== nothingToDo ? [`what to do: ${oneLine(failure.todo)}`] : []),
  ];
}

type RecordedPlan = RecordedRelease['plans'][number];

/** A plan that was shown, and then replaced by another, or by itself with what its gates said later. */
function earlierPlan({ n, digest, at, gates }: RecordedPlan, next: RecordedPlan | undefined): string[] {
  const what = next?.digest === digest ? 'before its gates had answered' : 'replaced';
  return [`plan ${n}, ${what}: ${digest.slice(0, 12)} at ${moment(at)}`, ...gateLines(gates)];
}
