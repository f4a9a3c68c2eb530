import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds between the first two looks, and at most between any two. */
const pauses = { first: 20, longest: 200 };

/**
 * Waits for a condition: calls `look` until it gives something, and returns that. What it throws is final. Fails after
 * `patience` milliseconds, naming what did not come and what `instead` says. What takes long is looked for less often: many looks at a release,
 * say, keep busy who should work on it.
 */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  patience = 45_000,
  instead: () => string = () => '',
): Promise<T> {
  const end = Date.now() + patience;
  for (let pause = pauses.first; ; pause = Math.min(pause * 1.25, pauses.longest)) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`this did not come within ${patience} ms: ${what}\n${instead()}`.trim());
    await sleep(pause);
  }
}
