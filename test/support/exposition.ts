/** Prometheus's text format, version 0.0.4, read strictly: whatever a scraper would refuse or misread is a problem. */

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Exposition {
  /** Family → what it is. */
  readonly types: ReadonlyMap<string, string>;
  readonly helps: ReadonlyMap<string, string>;
  readonly samples: readonly Sample[];
  /** The value of the one sample of that name whose labels are at least these; undefined = there is none. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | undefined;
}

const sampleLine = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y;

/** Reads a scrape. Throws an Error that names the first line that breaks the format or a convention. */
export function readExposition(text: string): Exposition {
  const types = new Map<string, string>();
  const helps = new Map<string, string>();
  const samples: Sample[] = [];
  const seen = new Set<string>();
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line has no end');
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const about = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line);
    if (about) {
      const [, kind, name = '', rest = ''] = about;
      const known = kind === 'HELP' ? helps : types;
      if (known.has(name)) throw new Error(`told twice: ${line}`);
      if (samples.some((sample) => familyOf(sample.name, types) === name)) throw new Error(`told too late: ${line}`);
      known.set(name, rest);
    } else if (!line.startsWith('#')) {
      const sample = readSample(line);
      if (seen.has(keyOf(sample))) throw new Error(`a second time: ${line}`);
      seen.add(keyOf(sample));
      requireConventions(sample, types, line);
      samples.push(sample);
    }
  }
  requireWholeHistograms(samples, types);
  return {
    types,
    helps,
    samples,
    value(name, labels = {}) {
      const found = samples.filter(
        (sample) => sample.name === name && Object.entries(labels).every(([key, is]) => sample.labels[key] === is),
      );
      if (found.length > 1) throw new Error(`${name} has ${found.length} samples with ${JSON.stringify(labels)}`);
      return found[0]?.value;
    },
  };
}

function readSample(line: string): Sample {
  const [, name, inner = '', number = ''] = sampleLine.exec(line) ?? [];
  if (name === undefined) throw new Error(`no sample: ${line}`);
  const labels: Record<string, string> = {};
  label.lastIndex = 0;
  while (label.lastIndex < inner.length) {
    const [, key, value] = label.exec(inner) ?? [];
    if (key === undefined || value === undefined || key in labels) throw new Error(`bad labels: ${line}`);
    labels[key] = value.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
  }
  const value = number === '+Inf' ? Infinity : Number(number);
  if (Number.isNaN(value)) throw new Error(`no number: ${line}`);
  return { name, labels, value };
}

function requireConventions({ name, value }: Sample, types: ReadonlyMap<string, string>, line: string): void {
  const type = types.get(familyOf(name, types) ?? '');
  if (type === undefined) throw new Error(`of no family: ${line}`);
  if (type === 'counter' && (!name.endsWith('_total') || value < 0)) throw new Error(`no counter: ${line}`);
}

/** A histogram's samples are those of its name with an ending. */
function familyOf(name: string, types: ReadonlyMap<string, string>): string | undefined {
  if (types.has(name)) return name;
  const base = name.replace(/_(bucket|sum|count)$/, '');
  return types.get(base) === 'histogram' ? base : undefined;
}

/** Buckets grow, and the last one holds everything. */
function requireWholeHistograms(samples: readonly Sample[], types: ReadonlyMap<string, string>): void {
  const buckets = new Map<string, Sample[]>();
  for (const sample of samples.filter(({ name }) => types.get(name.replace(/_bucket$/, '')) === 'histogram')) {
    const { le, ...rest } = sample.labels;
    if (le === undefined) throw new Error(`a bucket without its limit: ${keyOf(sample)}`);
    const series = keyOf({ ...sample, name: sample.name.replace(/_bucket$/, '_count'), labels: rest });
    buckets.set(series, [...(buckets.get(series) ?? []), sample]);
  }
  const limit = ({ labels }: Sample) => (labels['le'] === '+Inf' ? Infinity : Number(labels['le']));
  for (const [series, unsorted] of buckets) {
    const sorted = unsorted.sort((a, b) => limit(a) - limit(b));
    const count = samples.find((sample) => keyOf(sample) === series)?.value;
    const isGrowing = sorted.every(({ value }, at) => at === 0 || value >= sorted[at - 1]!.value);
    if (!isGrowing || limit(sorted.at(-1)!) !== Infinity || sorted.at(-1)!.value !== count)
      throw new Error(`buckets that do not add up: ${series}`);
  }
}

const keyOf = ({ name, labels }: Pick<Sample, 'name' | 'labels'>): string =>
  `${name}${JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))}`;
