/** What looks at an environment say, for the Web UI and a terminal. */
import { driftsOf, looksNeeded, silencesOf, type WatchState } from './drift';
import type { EnvironmentState } from './environment-state';
import { shortId } from './identity';
import { moment } from './moments';
import { markdownCode, markdownText, oneLine } from './plain-text';
import { plainLook, type Look } from './render-state';
import type { ServiceSight } from './sighting';

/** The payload of `adopt` as an example to copy. */
export const exampleAdopt = JSON.stringify({ requestId: '<any new text>', by: '<you>', reason: '<why>' });

/** One look, as Markdown. */
export function renderLook(
  environment: string,
  { heldBy, services }: { readonly heldBy: string | null; readonly services: readonly ServiceSight[] },
): string {
  if (heldBy) return `${markdownCode(heldBy)} holds ${markdownText(environment)}: nobody looks meanwhile.`;
  return services
    .map(({ service, runs, step, health }) => {
      const now = runs ? `${markdownText(runs.version)} (${shortId(runs.commit)})` : 'not known';
      const said = step ? `${stepWords[step.verdict]}: ${markdownText(step.detail)}` : 'no release knows it';
      return `- ${markdownText(service)}: ${now}; ${said}; ${markdownText(health.detail)}`;
    })
    .join('\n');
}

const stepWords = { passed: 'in step', failed: 'drifted', unknown: 'could not tell' } as const;

/** The payload of `restore` as an example to copy. */
export const exampleRestore = exampleAdopt;

/** What an environment's details say of drift, as Markdown; empty = nothing. */
export function driftDetails(watch: WatchState | undefined): string {
  const drifts = driftsOf(watch).map(([service, { since, detail, byHand }]) => {
    const back = byHand.map((command) => `\n  - by hand: ${markdownCode(command)}`).join('');
    return `- **${markdownText(service)}**: ${markdownText(detail)}, since ${moment(since)}${back}`;
  });
  const silences = silencesOf(watch).map(
    ([service, since, detail]) =>
      `- ${markdownText(service)}: could not tell since ${moment(since)}: ${markdownText(detail)}`,
  );
  const todo = `No new release gets the environment until it is put back, or what is there is adopted. To put back what the last release left send \`restore\` with ${markdownCode(exampleRestore)}; to take what is there as it is send \`adopt\` with the same.`;
  return [...drifts, ...(drifts.length > 0 ? [todo] : []), ...silences].join('\n');
}

/** What has drifted, for whom a release waits; undefined = nothing. */
export function driftWords(watch: WatchState | undefined): string | undefined {
  const drifts = driftsOf(watch);
  if (drifts.length === 0) return undefined;
  return `drift (${drifts.map(([service, { detail }]) => `${service}: ${detail}`).join('; ')})`;
}

/** What looks at an environment have come to, in a terminal. */
export function watchLines(
  environment: string,
  { watch, holder }: Pick<EnvironmentState, 'watch' | 'holder'>,
  { paint }: Look = plainLook,
): string[] {
  if (!watch) return [`  nobody has looked yet: \`slipway drift ${environment}\` looks now`];
  const lines = Object.entries(watch.services).flatMap(
    ([service, { step, drift, drifted, unanswered, unansweredSince, health }]) => [
      ...(drift
        ? [
            paint.red(`  drift of ${service} since ${moment(drift.since)}: ${oneLine(drift.detail)}`),
            ...drift.byHand.map((command) => `    by hand: ${command}`),
          ]
        : drifted > 0
          ? [
              paint.yellow(
                `  ${service} may have drifted (seen ${drifted} of ${looksNeeded} times): ${oneLine(step?.detail ?? '')}`,
              ),
            ]
          : []),
      ...(unanswered > 0 && unansweredSince !== null
        ? [
            paint.yellow(
              `  ${service}: could not tell since ${moment(unansweredSince)}: ${oneLine(step?.detail ?? '')}`,
            ),
          ]
        : []),
      ...(health.verdict === 'passed' ? [] : [paint.yellow(`  ${service}: checks: ${oneLine(health.detail)}`)]),
    ],
  );
  const todo =
    driftsOf(watch).length > 0
      ? [
          '  no new release gets it until that is settled:',
          `    what the last release left comes back: \`slipway drift ${environment} --restore --reason "…"\``,
          `    what is there is meant to be there: \`slipway environment adopt ${environment} --reason "…"\``,
        ]
      : [];
  const held = holder ? ', and not while a release holds it' : '';
  return [...lines, ...todo, paint.dim(`  looked at ${moment(watch.at)}${held}`)];
}
