/** An environment's workflow in a terminal: `slipway queue` and `slipway live`. */
import type { EnvironmentState } from './environment-state';
import { moment } from './moments';
import { oneLine } from './plain-text';
import { plainLook, type Look } from './render-state';

/** Who holds the environment, who is next, what has not come that far, and what is on hold. */
export function queueLines(environment: string, state: EnvironmentState, { paint }: Look = plainLook): string[] {
  const { holder, waiting, queue, holds } = state;
  const place = new Map(waiting.map(({ releaseId }, index) => [releaseId, index + 1]));
  const others = queue.filter(({ releaseId }) => releaseId !== holder?.releaseId && !place.has(releaseId));
  const asker = (id: string) => {
    const known = queue.find(({ releaseId }) => releaseId === id);
    return known ? `, asked for by ${oneLine(known.by)} at ${moment(known.at)}` : '';
  };
  return [
    paint.bold(environment),
    holder
      ? `  held by ${holder.releaseId}${asker(holder.releaseId)}`
      : `  free${queue.length ? '' : ', and nothing is under way'}`,
    ...waiting.map(({ releaseId }, index) => `  ${index + 1}. ${releaseId}${asker(releaseId)}`),
    ...others.map(({ releaseId, replacedBy }) => {
      const what = replacedBy ? `replaced by ${replacedBy}` : 'being looked at, or waiting for approval';
      return paint.dim(`  -  ${releaseId}${asker(releaseId)}: ${what}`);
    }),
    ...Object.entries(holds).map(([version, { at, why }]) =>
      paint.yellow(`  on hold: ${version} was rolled back at ${moment(at)} (${oneLine(why)})`),
    ),
  ];
}

/** What runs of each service, since when, by which release, and what ran before. */
export function liveLines(environment: string, { live }: EnvironmentState, { paint }: Look = plainLook): string[] {
  const rows = Object.entries(live).map(([service, { version, commit, since, releaseId, previous }]) => [
    `  ${service}`,
    version || 'not known',
    commit?.slice(0, 10) ?? '',
    `since ${moment(since)}`,
    releaseId,
    previous ? `before: ${previous.version}` : '',
  ]);
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(0, ...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [paint.bold(environment), ...(lines.length ? lines : ['  no release has ended here yet: nothing is known'])];
}
