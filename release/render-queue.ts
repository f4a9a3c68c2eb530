/** An environment's workflow in a terminal: `slipway queue` and `slipway live`. */
import type { EnvironmentState, LostHolder } from './environment-state';
import { moment } from './moments';
import { oneLine } from './plain-text';
import { driftWords, watchLines } from './render-drift';
import type { Paint } from './paint';
import { breachLines, soakLines } from './render-soak';
import { plainLook, type Look } from './render-state';
import { stopWords, type EmergencyStop } from './stop';

/** Who holds the environment, who is next, what has not come that far, and what is on hold. */
export function queueLines(environment: string, state: EnvironmentState, { paint }: Look = plainLook): string[] {
  const { holder, waiting, queue, holds, stops = [], lost = null } = state;
  const drift = driftWords(state.watch);
  const place = new Map(waiting.map(({ releaseId }, index) => [releaseId, index + 1]));
  const others = queue.filter(({ releaseId }) => releaseId !== holder?.releaseId && !place.has(releaseId));
  const asker = (id: string) => {
    const known = queue.find(({ releaseId }) => releaseId === id);
    return known ? `, asked for by ${oneLine(known.by)} at ${moment(known.at)}` : '';
  };
  return [
    paint.bold(environment),
    ...stopLines(stops, paint),
    ...(state.soaks ?? []).flatMap((soak) => breachLines(environment, soak, { paint })),
    ...(lost ? [paint.red(`  ${oneLine(lostWords(lost))}`)] : []),
    holder
      ? `  held by ${holder.releaseId}${asker(holder.releaseId)}`
      : drift === undefined
        ? `  free${queue.length ? '' : ', and nothing is under way'}`
        : paint.red(`  no new release gets it: ${drift}; see \`slipway drift ${environment}\``),
    ...waiting.map(({ releaseId }, index) => `  ${index + 1}. ${releaseId}${asker(releaseId)}`),
    ...others.map(({ releaseId, replacedBy }) => {
      const what = replacedBy
        ? `replaced by ${replacedBy}`
        : 'being looked at, or waiting for approval or the calendar';
      return paint.dim(`  -  ${releaseId}${asker(releaseId)}: ${what}`);
    }),
    ...Object.entries(holds).map(([version, { at, why }]) =>
      paint.yellow(`  on hold: ${version} was rolled back at ${moment(at)} (${oneLine(why)})`),
    ),
  ];
}

/** What runs of each service, since when, by which release, and what ran before. */
export function liveLines(environment: string, state: EnvironmentState, look: Look = plainLook): string[] {
  const { live, stops = [] } = state;
  const { paint } = look;
  const released = Object.entries(live).map(([service, { version, commit, since, releaseId, previous }]) => [
    `  ${service}`,
    version || 'not known',
    commit?.slice(0, 10) ?? '',
    `since ${moment(since)}`,
    releaseId,
    previous ? `before: ${previous.version}` : '',
  ]);
  const rows = [...released, ...seenRows(state)];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(0, ...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [
    paint.bold(environment),
    ...stopLines(stops, paint),
    ...(lines.length ? lines : ['  no release has ended here yet: nothing is known']),
    ...soakLines(environment, state.soaks, look),
    ...(state.schemaDebt ?? []).map(({ service, name, releaseId, at }) =>
      paint.yellow(`  schema debt of ${service}: ${name}, left by ${releaseId} at ${moment(at)}`),
    ),
    ...(state.watch ? watchLines(environment, state, look) : []),
  ];
}

/** What was seen where no release says what is live. */
function seenRows({ live, watch }: EnvironmentState): string[][] {
  const others = Object.entries(watch?.services ?? {}).filter(([service]) => !live[service]);
  return others.map(([service, { runs, seen }]) => {
    const last = seen.at(-1);
    const healthy = last && !last.isOver ? `healthy since ${moment(last.from)}` : 'not seen healthy';
    return [`  ${service}`, runs?.version || 'not known', runs?.commit.slice(0, 10) ?? '', healthy, 'seen', ''];
  });
}

/** Emergency stops, for whoever looks at the environment. */
export function stopLines(stops: readonly EmergencyStop[], paint: Paint): string[] {
  return stops.map((stop) => paint.red(`  ${oneLine(stopWords(stop))}`));
}

function lostWords({ releaseId, recovery, asks }: LostHolder): string {
  const what = `LOST: ${releaseId} stopped running while it held the environment`;
  if (recovery) return `${what}; ${recovery.releaseId} puts back what it has changed`;
  return asks === '' ? `${what}; what has it changed?` : `${what}; A PERSON MUST DECIDE: ${asks}; see slipway recover`;
}
