import { moment } from '../release/moments';
import type { ListedRelease } from './list-releases';

/** Releases in columns, a line each. */
export function listLines(releases: readonly ListedRelease[]): string[] {
  const rows = releases.map(({ id, startedAt, ...release }) => [id, stateOf(release), moment(startedAt)]);
  const widths = [0, 1].map((column) => Math.max(0, ...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function stateOf({
  running,
  phase,
  outcome,
  status,
}: Pick<ListedRelease, 'running' | 'phase' | 'outcome' | 'status'>): string {
  return running ? (phase ?? status) : (outcome ?? status);
}
