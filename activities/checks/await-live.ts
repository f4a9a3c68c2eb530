import type { LiveResult } from '../../release/check-result';
import { clip } from '../../release/clip';
import { judgeLive, noReadings, tallyReading, type LiveTally } from '../../release/judge-live';
import type { AwaitLiveInput } from '../contract';
import { sleep } from '../sleep';
import type { Attempt, Surroundings } from '../surroundings';
import { readLive } from './read-live';

type Awaited = AwaitLiveInput['services'][number];

/** Where the wait for one service stands; `elapsed` in milliseconds. */
interface Standing extends LiveTally {
  readonly elapsed: number;
}

/**
 * Waits for all services at once, each until its version was read k times in a row or its patience is over. An
 * attempt that follows a killed one goes on with the patience that is left.
 */
export async function awaitLive(
  { services }: AwaitLiveInput,
  surroundings: Surroundings,
  attempt: Attempt,
): Promise<LiveResult[]> {
  const standings = readStandings(attempt.resume);
  const report = (service: string, standing: Standing) => {
    standings[service] = standing;
    attempt.progress({ ...standings });
  };
  const waits = services.map(async (service) =>
    awaitOne(service, standings[service.service] ?? { ...noReadings, elapsed: 0 }, { surroundings, attempt, report }),
  );
  await Promise.allSettled(waits);
  return Promise.all(waits);
}

interface Scene {
  readonly surroundings: Surroundings;
  readonly attempt: Attempt;
  readonly report: (service: string, standing: Standing) => void;
}

async function awaitOne({ service, probe, expected }: Awaited, from: Standing, scene: Scene): Promise<LiveResult> {
  const { surroundings, attempt, report } = scene;
  const started = performance.now() - from.elapsed;
  let tally: LiveTally = from;
  for (;;) {
    const reading = await readLive({ probe }, surroundings, attempt);
    tally = tallyReading(tally, reading, expected, probe.is);
    tally = { ...tally, detail: clip(surroundings.redact(tally.detail), 300) };
    const elapsed = Math.round(performance.now() - started);
    report(service, { ...tally, elapsed });
    const verdict = judgeLive(tally, probe.readings, elapsed >= probe.patience);
    if (verdict) return { verdict, service, expected, detail: tally.detail, readings: tally.readings };
    await sleep(probe.interval, attempt.signal);
  }
}

/** What an earlier attempt has left, as far as it is of this shape. */
function readStandings(details: unknown): Record<string, Standing> {
  if (typeof details !== 'object' || details === null) return {};
  const whole = Object.entries(details as Record<string, Partial<Standing> | null>).filter(
    ([, standing]) => typeof standing?.elapsed === 'number' && typeof standing.inRow === 'number',
  );
  return Object.fromEntries(whole) as Record<string, Standing>;
}
