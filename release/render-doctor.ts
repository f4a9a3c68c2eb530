/** A diagnosis as people read it: in a terminal, and as Markdown for an issue or a wiki. */
import { areas, type Area, type Diagnosis, type Examination, type ExaminationVerdict } from './doctor';
import { plainPaint, verdictMark, type Mark, type Paint } from './paint';
import { markdownText, oneLine } from './plain-text';

/** From bad to good. */
const counted: readonly (readonly [ExaminationVerdict, (count: number) => string])[] = [
  ['failed', (count) => `${count} failed`],
  ['unknown', (count) => `${count} could not be told`],
  ['warning', (count) => (count === 1 ? '1 warning' : `${count} warnings`)],
  ['passed', (count) => `${count} passed`],
];

/** The diagnosis for a terminal: every line, grouped, and what to do under those that did not pass. */
export function renderDiagnosis(diagnosis: Diagnosis, paint: Paint = plainPaint): string {
  const sections = grouped(diagnosis).map(([area, found]) =>
    [paint.bold(areas[area]), ...found.flatMap((examination) => linesOf(examination, paint))].join('\n'),
  );
  const title = paint.bold(`Examination of ${oneLine(diagnosis.environment)}`);
  return `${[title, ...sections, summary(diagnosis, paint)].join('\n\n')}\n`;
}

/** The same as Markdown. */
export function renderDiagnosisMarkdown(diagnosis: Diagnosis): string {
  const sections = grouped(diagnosis).map(([area, found]) =>
    [`### ${areas[area]}`, '', ...found.map(markdownLine)].join('\n'),
  );
  return `${[`## ${markdownText(headline(diagnosis))}`, ...sections].join('\n\n')}\n`;
}

/** `production: 1 failed, 23 passed`. */
function headline({ environment, examinations }: Diagnosis): string {
  const counts = counted.flatMap(([verdict, words]) => {
    const count = examinations.filter((one) => one.verdict === verdict).length;
    return count === 0 ? [] : [words(count)];
  });
  return `${environment}: ${counts.join(', ') || 'nothing was examined'}`;
}

function summary(diagnosis: Diagnosis, paint: Paint): string {
  const { colour } = markOf(diagnosis.verdict);
  return paint[colour](paint.bold(oneLine(headline(diagnosis))));
}

function linesOf({ name, verdict, detail, todo, trap }: Examination, paint: Paint): string[] {
  const { sign, colour } = markOf(verdict);
  const text = `${oneLine(name)}: ${oneLine(detail)}`;
  const line = `  ${paint[colour](sign)} ${verdict === 'passed' ? text : paint[colour](text)}`;
  if (verdict === 'passed' || todo === undefined) return [line];
  const known = trap === undefined ? '' : paint.dim(` (known trap: docs/doctor.md#${trap})`);
  return [line, `      → ${oneLine(todo)}${known}`];
}

function markdownLine({ name, verdict, detail, todo, trap }: Examination): string {
  const { sign } = markOf(verdict);
  const known = trap === undefined ? '' : ` (known trap: \`docs/doctor.md#${trap}\`)`;
  const help = verdict === 'passed' || todo === undefined ? '' : `\n  - **To do:** ${markdownText(todo)}${known}`;
  return `- ${sign} **${markdownText(name)}**: ${markdownText(detail)}${help}`;
}

function markOf(verdict: ExaminationVerdict): Mark {
  return verdict === 'warning' ? { sign: '!', colour: 'yellow' } : verdictMark(verdict);
}

function grouped({ examinations }: Diagnosis): [Area, Examination[]][] {
  return (Object.keys(areas) as Area[]).flatMap((area) => {
    const found = examinations.filter((one) => one.area === area);
    return found.length === 0 ? [] : [[area, found] as [Area, Examination[]]];
  });
}
