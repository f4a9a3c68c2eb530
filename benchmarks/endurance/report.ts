/** A number that an endurance run came to. */
export interface EnduranceMeasure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
}

/** One line for each, in columns. */
export function renderEndurance(measures: readonly EnduranceMeasure[]): string {
  const width = Math.max(...measures.map(({ what }) => what.length));
  return measures.map(({ what, value, unit }) => `${what.padEnd(width)}  ${value} ${unit}`.trimEnd()).join('\n');
}
