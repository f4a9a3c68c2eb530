import { setTimeout as sleep } from 'node:timers/promises';

/** Calls `look` every 10 ms until it gives something, and returns that. Fails, naming `what`, after 60 s, or as told. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  { patience = 60_000, pause = 10 } = {},
): Promise<T> {
  const end = Date.now() + patience;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`this did not come within ${patience / 1_000} s: ${what}`);
    await sleep(pause);
  }
}
