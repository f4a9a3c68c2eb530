import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { footprint, lookAtWorld } from '../support/crash-footprint';
import { roads, type Road } from '../support/crash-points';
import { CrashRoad } from '../support/crash-road';
import { CrashStage, endOf } from '../support/crash-stage';

/** The same seed kills in the same order after the same times: SLIPWAY_CRASH_SEED repeats a run. */
const seed = Number(process.env['SLIPWAY_CRASH_SEED'] ?? randomInt(1_000_000));
const releases = Number(process.env['SLIPWAY_CRASH_RELEASES'] ?? 6);

let stage: CrashStage | undefined;
const expected = { success: new CrashRoad('success'), rollback: new CrashRoad('rollback') };
afterAll(async () => {
  await Promise.all([stage?.stop(), expected.success.stop(), expected.rollback.stop()]);
});

test(`workers killed every second or so (seed ${seed}): each of ${releases} releases leaves what it leaves without`, async () => {
  const [success, rollback] = await Promise.all([expected.success.expected(), expected.rollback.expected()]);
  stage = await CrashStage.start({ workers: 3, services: roads.rollback.services! });
  const random = randomNumbers(seed);
  const over = new AbortController();
  const killing = killAtRandom(stage, random, over.signal);
  try {
    for (let n = 0; n < releases; n++) {
      const road: Road = n % 2 === 0 ? 'success' : 'rollback';
      const before = await lookAtWorld(stage);
      const begun = await stage.begin(roads[road].kind);
      await endOf(begun, roads[road].outcome);
      expect(await footprint(stage, before, begun)).toEqual(road === 'success' ? success : rollback);
    }
  } finally {
    over.abort();
  }
  expect(await killing).toBeGreaterThan(releases / 2);
}, 300_000);

/** Kills one worker after the other until it is over; returns how many. */
async function killAtRandom({ workers }: CrashStage, random: () => number, over: AbortSignal): Promise<number> {
  for (let kills = 0; ; kills++) {
    await sleep(1_000 + random() * 1_500);
    if (over.aborted) return kills;
    await workers.all[Math.floor(random() * workers.all.length)]?.kill();
    await workers.refill();
  }
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomNumbers(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
