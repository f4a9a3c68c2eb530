/** A number that a soak run came to. */
export interface SoakMeasure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
}

/** One line for each, in columns. */
export function renderSoak(measures: readonly SoakMeasure[]): string {
  const width = Math.max(...measures.map(({ what }) => what.length));
  return measures.map(({ what, value, unit }) => `${what.padEnd(width)}  ${value} ${unit}`.trimEnd()).join('\n');
}
