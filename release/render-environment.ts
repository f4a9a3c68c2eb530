import { exampleFreeze, type AnnouncedFreeze } from './calendar/announced';
import { moment } from './moments';
import { markdownCode, markdownText } from './plain-text';

/** What the shapes of an environment's state have in common with workflows/messages.ts, which release/ may not import. */
interface Shown {
  readonly holder: { readonly releaseId: string } | null;
  readonly waiting: readonly { readonly releaseId: string }[];
  readonly active: Readonly<Record<string, string>>;
  readonly freezes?: readonly AnnouncedFreeze[];
  readonly log: readonly { readonly at: string; readonly text: string }[];
}

/** So many of a list are shown. */
const SHOWN = 20;

/** The environment's Markdown in the Web UI: who holds it, who waits, what happened last. */
export function renderEnvironment(
  project: string,
  environment: string,
  { holder, waiting, active, freezes = [], log }: Shown,
): string {
  const others = Object.keys(active).filter(
    (id) => id !== holder?.releaseId && !waiting.some(({ releaseId }) => releaseId === id),
  );
  return [
    `# ${markdownText(`${project} → ${environment}`)}`,
    holder
      ? `**Held** by ${markdownCode(holder.releaseId)}: until it has ended, no other release changes this environment.`
      : '**Free**: no release changes this environment now.',
    ...(freezes.length ? ['## Frozen', freezeLines(freezes)] : []),
    ...(waiting.length ? ['## Waiting for it, in this order', numbered(waiting.map((one) => one.releaseId))] : []),
    ...(others.length ? ['## Not there yet: being looked at, or waiting for approval', numbered(others)] : []),
    '## What happened, newest first',
    log
      .slice(-10)
      .reverse()
      .map(({ at, text }) => `- ${at.slice(0, 19).replace('T', ' ')} UTC: ${markdownText(text)}`)
      .join('\n') || 'Nothing yet.',
    `What a release does and needs stands on its own page, under **User Metadata**. To this workflow only \`freeze\` is to be sent by hand, such as ${markdownCode(exampleFreeze)}, and \`unfreeze\`.`,
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
  return `Lets one release at a time change ${markdownText(environment)}, and runs for ever. Never **cancel**, **terminate** or **reset** it: it would forget who waits. What is to be decided stands on the page of each release.`;
}

/** Before the first change, and before the first pointer move, a release waits for the end of these. */
function freezeLines(freezes: readonly AnnouncedFreeze[]): string {
  const lines = freezes.map(({ id, from, until, by, reason }) => {
    const end = JSON.stringify({ by: '<you>', id, reason: '<why>' });
    return `- ${markdownCode(id)} from ${moment(from)} until ${moment(until)}, announced by ${markdownText(by)}: ${markdownText(reason)} (ends by itself; earlier by the signal \`unfreeze\` with ${markdownCode(end)})`;
  });
  return lines.slice(0, SHOWN).join('\n');
}

function numbered(ids: readonly string[]): string {
  const lines = ids.slice(0, SHOWN).map((id, n) => `${n + 1}. ${markdownCode(id)}`);
  return [...lines, ...(ids.length > SHOWN ? [`\nand ${ids.length - SHOWN} more`] : [])].join('\n');
}
