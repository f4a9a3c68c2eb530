/** What a soak says: to people in a terminal, in the Web UI, and in the log of its environment. */
import { formatDuration } from './durations';
import { soakWorkflowId } from './identity';
import { moment } from './moments';
import { markdownCode, markdownText, oneLine } from './plain-text';
import { plainLook, type Look } from './render-state';
import { isBreached, type Breach, type FailingCheck, type SoakAccount, type SoakEnd } from './soak';
import type { SoakRule } from './project';
import { exampleAcceptance } from './soak-messages';

/** In one sentence, for a plan and for a release that has just finished. */
export function soakWords({ for: length }: SoakRule): string {
  return `it soaks for ${formatDuration(length)} without the lock: a check that fails asks a person, and rolls nothing back by itself`;
}

/** What has failed, in a line. */
export function breachWords({ checks }: Pick<Breach, 'checks'>): string {
  return checks.map(({ name, detail }) => `${name} (${detail})`).join('; ');
}

/** The soaks of an environment in a terminal. */
export function soakLines(
  environment: string,
  soaks: readonly SoakAccount[] = [],
  { paint }: Look = plainLook,
): string[] {
  return soaks.flatMap((soak) => {
    const { version, until, failing, silence, breach, at } = soak;
    const stands = standing(soak, { text: oneLine, code: oneLine });
    const head = `  ${version} soaks until ${moment(until)}: ${stands} (told at ${moment(at)})`;
    const known = isBreached(soak) ? [] : acceptedLines(failing, breach);
    return [
      silence || failing.length > 0 ? paint.yellow(head) : head,
      ...breachLines(environment, soak, { paint }),
      ...known,
    ];
  });
}

/** What a person must decide on, with what to send; nothing = nobody is asked. */
export function breachLines(
  environment: string,
  { version, breach }: Pick<SoakAccount, 'version' | 'breach'>,
  { paint }: Pick<Look, 'paint'> = plainLook,
): string[] {
  if (!breach || breach.accepted) return [];
  const { id, checks, reminded, passesSince } = breach;
  return [
    paint.red(`  A PERSON MUST DECIDE: the soak of ${version} was breached (${id}) at ${moment(breach.at)}`),
    ...checks.map((check) => `    ${oneLine(checkWords(check))}`),
    ...(passesSince ? [`    none of that fails any more since ${moment(passesSince)}`] : []),
    ...(reminded > 0 ? [`    people were reminded ${reminded === 1 ? 'once' : `${reminded} times`}`] : []),
    `    to go back: \`slipway rollback ${environment} --reason "…"\``,
    `    to go on:   \`slipway soak ${environment} --accept --reason "…"\``,
  ];
}

function acceptedLines(failing: readonly FailingCheck[], breach: Breach | null): string[] {
  if (!breach?.accepted) return [];
  const { by, reason, at } = breach.accepted;
  const word = `    ${breach.id} was accepted by ${oneLine(by)} at ${moment(at)}: ${oneLine(reason)}`;
  return [...failing.map((check) => `    ${oneLine(checkWords(check))}`), word];
}

const checkWords = ({ name, detail, since, at }: FailingCheck): string =>
  `${name} fails since ${moment(since)}${at === since ? '' : `, last seen at ${moment(at)}`}: ${detail}`;

/** The soaks of an environment, in its details in the Web UI; empty = none. */
export function soakDetails(soaks: readonly SoakAccount[] = []): string {
  return soaks
    .map((soak) => {
      const { version, until, releaseId } = soak;
      const id = markdownCode(soakWorkflowId(releaseId));
      const head = `- ${markdownText(version)} until ${moment(until)}, by ${id}: ${standing(soak, { text: markdownText, code: markdownCode })}`;
      return [head, ...indented(askingMarkdown(soak)), ...indented(acceptedMarkdown(soak))].join('\n');
    })
    .join('\n');
}

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  - ${line}`);

/** How a soak is now; `form`: how what others have written is put there, a text and an id. */
function standing(
  { heldBy, silence, failing }: SoakAccount,
  form: Readonly<Record<'text' | 'code', (text: string) => string>>,
): string {
  if (heldBy) return `nobody looks while ${form.code(heldBy)} holds the environment`;
  if (silence) return `could not tell since ${moment(silence.since)}, which is no breach: ${form.text(silence.detail)}`;
  if (failing.length === 0) return 'its checks pass';
  const names = failing.map(({ name }) => form.text(name)).join(', ');
  return `${names} ${failing.length === 1 ? 'fails' : 'fail'}`;
}

/** What happened, and exactly what to send to the environment's workflow. */
function askingMarkdown({ version, breach }: SoakAccount): string[] {
  if (!breach || breach.accepted) return [];
  const { id, checks, passesSince, reminded } = breach;
  const back = JSON.stringify({ requestId: '<any new text>', leaves: version, by: '<you>', reason: '<why>' });
  return [
    `**A person must decide** on ${markdownCode(id)}, since ${moment(breach.at)}${reminded > 0 ? ` (reminded ${reminded === 1 ? 'once' : `${reminded} times`})` : ''}:`,
    ...checks.map((check) => markdownText(checkWords(check))),
    ...(passesSince ? [`none of that fails any more since ${moment(passesSince)}`] : []),
    `to go back send \`rollback\` with ${markdownCode(back)}`,
    `to go on send \`acceptBreach\` with ${markdownCode(exampleAcceptance(id))}`,
  ];
}

function acceptedMarkdown({ breach }: SoakAccount): string[] {
  if (!breach?.accepted) return [];
  const { by, reason, at } = breach.accepted;
  return [`${markdownCode(breach.id)} was accepted by ${markdownText(by)} at ${moment(at)}: ${markdownText(reason)}`];
}

/** The Markdown of a soak's own page in the Web UI. */
export function renderSoak(
  {
    project,
    environment,
    isUntold,
  }: { readonly project: string; readonly environment: string; readonly isUntold: boolean },
  account: SoakAccount,
): string {
  const { version, releaseId, from, until, end } = account;
  return [
    `# ${markdownText(`${project} ${version} soaks in ${environment}`)}`,
    `From ${moment(from)} until ${moment(until)}, after ${markdownCode(releaseId)} has finished and given the environment back. It changes nothing.`,
    end ? `**${markdownText(endWords(account, end))}**` : soakDetails([account]),
    ...(end
      ? []
      : [
          `Words about it go to ${markdownCode(`environment/${project}/${environment}`)}. **Request Cancellation** here ends the soak.`,
        ]),
    ...(isUntold ? ['Its environment could not be told of this yet.'] : []),
  ].join('\n\n');
}

/** How a soak has ended, in a sentence. */
export function endWords({ version, failing, silence, breach }: SoakAccount, { how, by = '' }: SoakEnd): string {
  switch (how) {
    case 'passed':
      return `the soak of ${version} is over: its checks pass`;
    case 'accepted':
      return `the soak of ${version} is over: what fails (${failing.map(({ name }) => name).join(', ')}) was accepted by ${breach?.accepted?.by ?? 'a person'}`;
    case 'unknown':
      return `the soak of ${version} is over, and could not tell: ${silence?.detail ?? 'nobody answered'}`;
    case 'replaced':
      return `the soak of ${version} has ended: replaced by ${by}`;
    case 'cancelled':
      return `the soak of ${version} was cancelled by a person in Temporal`;
  }
}

/** What is new in an account, a sentence each, for whoever was told the one before; undefined = nothing was told. */
export function soakNews(environment: string, before: SoakAccount | undefined, after: SoakAccount): string[] {
  const { version, breach, silence, end } = after;
  const was = before?.breach?.id === breach?.id ? before?.breach : undefined;
  const said: string[] = [];
  if (breach && !breach.accepted) {
    const news = breach.checks.filter(({ name }) => !was?.checks.some((one) => one.name === name));
    if (!was)
      said.push(
        `A PERSON MUST DECIDE: the soak of ${version} was breached (${breach.id}): ${breachWords(breach)}. ` +
          `slipway rollback ${environment}, or slipway soak ${environment} --accept, with --reason`,
      );
    else if (news.length > 0) said.push(`the soak of ${version} (${breach.id}): also ${breachWords({ checks: news })}`);
    if (breach.reminded > (was?.reminded ?? 0))
      said.push(
        `A PERSON MUST DECIDE, still, since ${moment(breach.at)}: the soak of ${version} was breached (${breach.id}): ${breachWords(breach)}`,
      );
    if (was && !was.passesSince && breach.passesSince)
      said.push(`the soak of ${version}: nothing of ${breach.id} fails any more; it still waits for a person`);
    if (was?.passesSince && !breach.passesSince) said.push(`the soak of ${version}: ${breachWords(breach)} again`);
  }
  if (silence && !before?.silence)
    said.push(`the soak of ${version} could not tell, which is no breach: ${silence.detail}`);
  if (!silence && before?.silence && !end) said.push(`the soak of ${version} can tell again`);
  if (end) said.push(endWords(after, end));
  return said;
}
