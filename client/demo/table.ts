import type { Paint } from '../../release/paint';
import type { ActReport } from './acts';

/** The demo's closing table: release, outcome, seconds, what was undone. */
export function renderTable(reports: readonly ActReport[], paint: Paint): string {
  const rows = reports.map(({ act, result, asDescribed }) => [
    act.version,
    `${result.outcome}${act.killsWorker ? ', worker killed once' : ''}`,
    ((Date.parse(result.endedAt) - Date.parse(result.startedAt)) / 1_000).toFixed(1),
    result.undone.map(({ step }) => step).join(', ') || '–',
    asDescribed ? 'as described' : 'NOT as described',
  ]);
  const all = [['release', 'outcome', 'seconds', 'undone', ''], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all
    .map((row, n) => {
      const line = row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd();
      return n === 0 ? paint.bold(line) : line;
    })
    .join('\n');
}
