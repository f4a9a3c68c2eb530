import { setTimeout as sleep } from 'node:timers/promises';

/** Calls `look` every 10 ms until it gives something, and returns that. Fails, naming `what`, after 60 s. */
export async function eventually<T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const end = Date.now() + 60_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`this did not come within 60 s: ${what}`);
    await sleep(10);
  }
}
