import { exampleFreeze, type AnnouncedFreeze } from './calendar/announced';
import type { EnvironmentState, LostHolder, QueuedRelease } from './environment-state';
import { moment } from './moments';
import { offerRollback } from './panic-rollback';
import { markdownCode, markdownText } from './plain-text';
import { mustBeSigned } from './signed-word';
import { driftDetails } from './render-drift';
import { soakDetails } from './render-soak';
import { exampleLift, exampleStop, stopWords, type EmergencyStop } from './stop';

/** So many of a list are shown. */
const SHOWN = 20;

/** The environment's Markdown in the Web UI: who holds it, who waits, what is live, what happened last. */
export function renderEnvironment(project: string, environment: string, state: EnvironmentState): string {
  const { holder, waiting, queue, freezes = [], stops = [], lost = null, watch, log } = state;
  const asks = new Set(waiting.map(({ releaseId }) => releaseId));
  const others = queue.filter(({ releaseId }) => releaseId !== holder?.releaseId && !asks.has(releaseId));
  return [
    `# ${markdownText(`${project} → ${environment}`)}`,
    holder
      ? `**Held** by ${markdownCode(holder.releaseId)}: until it has ended, no other release changes this environment.`
      : '**Free**: no release changes this environment now.',
    ...section('Lost', lostLines(lost)),
    ...section('Emergency stop', stopped(stops)),
    ...section('Drift', driftDetails(watch)),
    ...section('Soaking: looked at without the lock, after the release has finished', soakDetails(state.soaks)),
    ...section('Frozen', freezeLines(freezes)),
    ...section('Waiting for it, in this order', numbered(waiting.map(({ releaseId }) => markdownCode(releaseId)))),
    ...section('Not there yet: being looked at, or waiting for approval or the calendar', numbered(others.map(nameOf))),
    ...section('Live', live(state)),
    ...section('Seen', seen(state)),
    ...section('Schema debt: left by rollbacks, used by nothing yet', debts(state)),
    ...section('Go back, now', howToGoBack(state)),
    ...section('On hold: rolled back, not released again without a word', holds(state)),
    '## What happened, newest first',
    log
      .slice(-10)
      .reverse()
      .map(({ at, text }) => `- ${moment(at)}: ${markdownText(text)}`)
      .join('\n') || 'Nothing yet.',
    ...(waiting.length > 1 ? [howToReorder(waiting.at(-1)!.releaseId)] : []),
    `In an emergency send \`stop\`, such as ${markdownCode(exampleStop)}: every release is held before its next change. With "for": "1h" its limit is another, with "everything": true ways back are halted too.`,
    `To freeze it send \`freeze\`, such as ${markdownCode(exampleFreeze)}; to end that, \`unfreeze\`.`,
    ...howToSignAll(state),
    'What a release does and needs stands on its own page, under **User Metadata**.',
  ].join('\n\n');
}

/**
 * What stands beside a release's details in the Web UI as long as it exists: how to read the page, and what not to
 * press. The page shows three lines of it.
 */
export function renderAbout(requestedBy: string): string {
  return `Asked for by ${markdownText(requestedBy)}. What it does and needs: **Current Details**. Never **Terminate** or **Reset** it: it would stay half done. **Request Cancellation** puts back what has changed.`;
}

/** What stands beside an environment's details in the Web UI: what it is, and what not to press. */
export function renderAboutEnvironment(environment: string): string {
  return `Lets one release at a time change ${markdownText(environment)}, and runs for ever. Never **cancel**, **terminate** or **reset** it: whoever waits would wait until somebody asks it for something again. What is to be decided stands on the page of each release.`;
}

/** Before the first change, and before the first pointer move, a release waits for the end of these. */
function freezeLines(freezes: readonly AnnouncedFreeze[]): string {
  const lines = freezes.map(({ id, from, until, by, reason }) => {
    const end = JSON.stringify({ by: '<you>', id, reason: '<why>' });
    return `- ${markdownCode(id)} from ${moment(from)} until ${moment(until)}, announced by ${markdownText(by)}: ${markdownText(reason)} (ends by itself; earlier by the signal \`unfreeze\` with ${markdownCode(end)})`;
  });
  return lines.slice(0, SHOWN).join('\n');
}

/** Nobody else is let in until this is settled. */
function lostLines(lost: LostHolder | null): string {
  if (!lost) return '';
  const { releaseId, at, recovery, asks } = lost;
  const what = `${markdownCode(releaseId)} stopped running at ${moment(at)} while it held this environment: nobody else is let in until that is settled.`;
  if (recovery) return `${what} ${markdownCode(recovery.releaseId)} puts back what it has changed.`;
  if (asks === '') return `${what} It is being found out what it has changed.`;
  return `${what}\n\n**A person must decide**: ${markdownText(asks)}. See what stands and what can be done with ${markdownCode('slipway recover')}.`;
}

/** Nobody changes anything forward until these are lifted. */
function stopped(stops: readonly EmergencyStop[]): string {
  if (stops.length === 0) return '';
  const lines = stops.map((stop) => `- **${markdownText(stopWords(stop))}**`);
  const lift = `To let releases go on send \`liftStop\` with ${markdownCode(exampleLift)}; at the limit a release that has changed something rolls back.`;
  return [...lines, '', lift].join('\n');
}

const section = (title: string, text: string): string[] => (text ? [`## ${title}`, text] : []);

function nameOf({ releaseId, replacedBy }: QueuedRelease): string {
  return `${markdownCode(releaseId)}${replacedBy ? `, replaced by ${markdownCode(replacedBy)}` : ''}`;
}

function live({ live: services }: EnvironmentState): string {
  return Object.entries(services)
    .map(([service, { version, since, previous, releaseId }]) => {
      const before = previous ? `, before it ${markdownText(previous.version)}` : '';
      const now = version ? `${markdownText(version)} since ${moment(since)}` : 'not known';
      return `- ${markdownText(service)}: ${now} by ${markdownCode(releaseId)}${before}`;
    })
    .join('\n');
}

function debts({ schemaDebt = [] }: EnvironmentState): string {
  return schemaDebt
    .slice(-SHOWN)
    .map(
      ({ service, name, releaseId }) =>
        `- ${markdownText(service)}: ${markdownCode(name)}, left by ${markdownCode(releaseId)}`,
    )
    .join('\n');
}

/** What looks have seen where no release says what is live. */
function seen({ live: services, watch }: EnvironmentState): string {
  const others = Object.entries(watch?.services ?? {}).filter(([service]) => !services[service]);
  return others
    .map(([service, { runs, health, seen: periods }]) => {
      const since = periods.at(-1);
      const now = runs ? markdownText(runs.version || runs.commit) : 'not known';
      const healthy = since && !since.isOver ? `, healthy since ${moment(since.from)}` : '';
      return `- ${markdownText(service)}: ${now}${healthy}; ${markdownText(health.detail)}`;
    })
    .join('\n');
}

/** What to send for a rollback of what runs now; where it has just gone back only a version by name means anything. */
function howToGoBack(state: EnvironmentState): string {
  const offer = offerRollback(state);
  if ('unknown' in offer) return '';
  const payload = { requestId: '<any new text>', leaves: offer.leaves, by: '<you>', reason: '<why>' };
  const send = (more: object) =>
    `send the signal ${markdownCode('rollback')} with ${markdownCode(JSON.stringify({ ...payload, ...more }))}`;
  if ('to' in offer) {
    const { leaves, to } = offer;
    return `From ${markdownText(leaves)} to ${markdownText(to)}: ${send({})}. A release that holds the environment is told to roll back instead.${howToSign(state)}`;
  }
  if (offer.further === null) return '';
  return `It has gone back: ${markdownText(offer.wentBack)}. To go to ${markdownText(offer.further)}: ${send({ to: offer.further })}.${howToSign(state)}`;
}

/** Where a rollback counts only if it is signed. */
function howToSign({ wordRules }: EnvironmentState): string {
  if (!wordRules || !mustBeSigned(wordRules.rules, 'rollback')) return '';
  const command = markdownCode(`slipway rollback ${wordRules.rules.name} --print-payload`);
  return ` It must be signed: ${command} prints what to send.`;
}

/** Where words count only signed; a rollback that anyone may ask for needs no name. */
function howToSignAll({ wordRules }: EnvironmentState): string[] {
  if (!wordRules || !mustBeSigned(wordRules.rules, 'freeze')) return [];
  const { rules } = wordRules;
  const but = mustBeSigned(rules, 'rollback') ? '' : ` but ${markdownCode('rollback')}`;
  const commands = ['freeze', 'unfreeze', 'stop', 'queue', 'environment adopt', 'soak'];
  const list = commands.map((command) => markdownCode(`slipway ${command}`)).join(', ');
  return [
    `**Words to ${markdownText(rules.name)} must be signed**: unsigned nothing that is to be sent here counts${but}. With ${markdownCode('--print-payload')} these print what to send: ${list}.`,
  ];
}

function holds({ holds: versions }: EnvironmentState): string {
  return Object.entries(versions)
    .slice(-SHOWN)
    .map(([version, { at, why }]) => `- ${markdownText(version)} since ${moment(at)}: ${markdownText(why)}`)
    .join('\n');
}

function howToReorder(releaseId: string): string {
  const payload = JSON.stringify({ requestId: '<any new text>', releaseId, to: 'first', by: '<you>', reason: '<why>' });
  return `To change the order send the signal ${markdownCode('moveInQueue')} with ${markdownCode(payload)}.`;
}

function numbered(lines: readonly string[]): string {
  const shown = lines.slice(0, SHOWN).map((line, n) => `${n + 1}. ${line}`);
  return [...shown, ...(lines.length > SHOWN ? [`\nand ${lines.length - SHOWN} more`] : [])].join('\n');
}
