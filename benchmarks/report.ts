/** The report: a table for people, JSON for machines. Only ratios can be compared between machines. */
import { execFileSync } from 'node:child_process';
import { availableParallelism, totalmem } from 'node:os';
import type { Effort, Measure } from './measure';
import { summarise } from './statistics';

export interface Report {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly effort: Effort;
  readonly measures: readonly (Measure & { readonly ofAim: number | null })[];
}

export function makeReport(measures: readonly Measure[], effort: Effort, temporal: string): Report {
  return {
    machine: {
      cores: availableParallelism(),
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      platform: `${process.platform} ${process.arch}`,
      node: process.version.slice(1),
      git: versionOf('git', '--version').replace('git version ', ''),
      scriptsSql:
        versionOf('psql', '--version').replace(/ *\(Debian.*\)| *\(Ubuntu.*\)/, '') || 'run-sql.mjs, with node',
      temporal,
      // How busy the machine was: an idle one takes a few milliseconds.
      startOfAProgramMs: summarise(Array.from({ length: 20 }, startOfAProgram)).median,
    },
    effort,
    measures: measures.map((measure) => ({
      ...measure,
      ofAim: measure.aim === null ? null : Math.round((measure.value / measure.aim) * 100) / 100,
    })),
  };
}

/** One line for each measure: value, aim, value as a share of its aim, spread. */
export function renderReport({ machine, measures }: Report): string {
  const rows = measures.map(({ what, unit, value, aim, ofAim, spread }) => [
    what,
    `${value} ${unit}`,
    aim === null ? '' : `≤ ${aim}`,
    ofAim === null ? '' : `${ofAim}${ofAim > 1 ? ' ✗' : ''}`,
    spread ? `${spread.min} … ${spread.max} (${spread.samples})` : '',
  ]);
  const table = [['measured', 'value', 'aim', 'of aim', 'least … most (samples)'], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  const about = Object.entries(machine).map(([name, value]) => `${name} ${value}`);
  return [about.join(', '), '', lines[0]!, '-'.repeat(lines[0]!.length), ...lines.slice(1)].join('\n');
}

function versionOf(program: string, flag: string): string {
  try {
    return execFileSync(program, [flag], { stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim();
  } catch {
    return '';
  }
}

function startOfAProgram(): number {
  const start = performance.now();
  versionOf('git', '--version');
  return performance.now() - start;
}
