/**
 * The fence: what keeps a late attempt from changing anything after its release was undone, and another cluster from
 * changing an environment at the same time. It is the value of a ref that is pushed atomically with every pointer.
 */
export interface FenceValue {
  readonly version: 1;
  /** `held`: the holder may move forward; `undoing`: it may only undo; `free`: nobody holds the environment. */
  readonly state: 'held' | 'undoing' | 'free';
  /** Workflow id of the release that holds, or that held last. */
  readonly holder: string;
  /** That release's run id, so that a later run with the same id is another holder. */
  readonly run: string;
  /** Which Temporal: address and namespace. */
  readonly cluster: string;
  /** Grows by one with every change of the ref. */
  readonly number: number;
  /** The step that wrote it, for people. */
  readonly step: string;
  /** When the holder's release was asked for: ISO 8601, UTC. */
  readonly since: string;
  /** Full names of the refs that the holder has moved: written in the same atomic push, so it is known for certain. */
  readonly moved: readonly string[];
  /** Those of them that it has put back. */
  readonly undone: readonly string[];
}

/** The fence's text: one JSON object, keys in a fixed order, so that two attempts at one step write the same object. */
export function serialiseFence(value: FenceValue): string {
  const { version, state, holder, run, cluster, number, step, since, moved, undone } = value;
  return JSON.stringify({ version, state, holder, run, cluster, number, step, since, moved, undone });
}

/** The fence in `text`, or undefined if it holds none that this version can read. */
export function parseFence(text: string): FenceValue | undefined {
  try {
    const value = JSON.parse(text) as Partial<FenceValue>;
    const whole =
      value.version === 1 &&
      (value.state === 'held' || value.state === 'undoing' || value.state === 'free') &&
      typeof value.holder === 'string' &&
      typeof value.run === 'string' &&
      typeof value.cluster === 'string' &&
      Number.isInteger(value.number) &&
      typeof value.step === 'string' &&
      typeof value.since === 'string' &&
      isListOfStrings(value.moved) &&
      isListOfStrings(value.undone);
    return whole ? (value as FenceValue) : undefined;
  } catch {
    return undefined;
  }
}

/** Who holds an environment, in words. */
export function fenceHolder(value: FenceValue): string {
  return `${value.holder} (${value.cluster})`;
}

function isListOfStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
