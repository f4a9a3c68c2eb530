/** What many measurements of one thing came to, in its own unit, rounded. */
export interface Summary {
  readonly samples: number;
  readonly min: number;
  readonly median: number;
  readonly p99: number;
  readonly max: number;
}

export function summarise(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b).map((value) => Math.round(value));
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
  return { samples: sorted.length, min: at(0), median: at(0.5), p99: at(0.99), max: at(1) };
}
