import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits for a condition: calls `look` until it gives something, and returns that. What it throws is final. Fails after
 * `patience` milliseconds, naming what did not come.
 */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  patience = 45_000,
): Promise<T> {
  const end = Date.now() + patience;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`this did not come within ${patience} ms: ${what}`);
    await sleep(25);
  }
}
